// Sign-in over HTTP: the cookie it sets opens the socket. Every answer is a value; nothing throws.

export type SignIn =
  | { readonly kind: "in"; readonly agent: string }
  | { readonly kind: "wrong" }
  | { readonly kind: "wait"; readonly seconds: number }
  | { readonly kind: "unreachable" }
  | { readonly kind: "refused"; readonly code: string };

type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

async function body(response: Response): Promise<Record<string, unknown>> {
  try {
    return (await response.json()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export async function signIn(staff_no: string, password: string, fetcher: Fetch = fetch): Promise<SignIn> {
  let response: Response;
  try {
    response = await fetcher("/desk/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ staff_no, password }),
    });
  } catch {
    return { kind: "unreachable" };
  }
  const answer = await body(response);
  const error = (answer.error ?? {}) as { code?: unknown; seconds?: unknown };
  if (response.ok) return { kind: "in", agent: String(answer.agent ?? "") };
  if (response.status === 401) return { kind: "wrong" };
  if (response.status === 429) {
    const seconds = Number(error.seconds) || Number(response.headers.get("Retry-After")) || 60;
    return { kind: "wait", seconds: Math.ceil(seconds) };
  }
  if (response.status >= 500) return { kind: "unreachable" };
  return { kind: "refused", code: String(error.code ?? response.status) };
}

/** Is there a session? undefined: nobody could say. */
export async function session(fetcher: Fetch = fetch): Promise<string | null | undefined> {
  try {
    const response = await fetcher("/desk/session");
    if (response.status === 401) return null;
    return response.ok ? String((await body(response)).agent ?? "") : undefined;
  } catch {
    return undefined;
  }
}

export async function signOut(fetcher: Fetch = fetch): Promise<boolean> {
  try {
    return (await fetcher("/desk/logout", { method: "POST" })).ok;
  } catch {
    return false;
  }
}
