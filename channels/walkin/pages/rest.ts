// Questions over HTTP to our own origin (docs/walkin.md). Every answer is one of four; nothing is thrown.

export type Body = Readonly<Record<string, unknown>>;

export type Answer =
  | { readonly kind: "ok"; readonly body: Body }
  /** Final: asking again gets the same. */
  | { readonly kind: "refused"; readonly status: number; readonly code: string }
  /** Not now: 429, 503 and other faults of the server. */
  | { readonly kind: "later"; readonly code: string; readonly after_ms: number }
  /** No answer came: what was asked for may have happened. */
  | { readonly kind: "lost" };

export interface Question {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The server itself gives up after 10 s. */
  readonly patience_ms?: number;
}

const code = (body: unknown): string => {
  const error = (body as { error?: { code?: unknown } } | null)?.error;
  return typeof error?.code === "string" ? error.code : "";
};

export function judge(status: number, retry_after: string | null, body: unknown): Answer {
  if (status >= 200 && status < 300) {
    return body && typeof body === "object" ? { kind: "ok", body: body as Body } : { kind: "lost" };
  }
  if (status === 429 || status >= 500) {
    const seconds = Number(retry_after);
    return { kind: "later", code: code(body), after_ms: seconds > 0 ? Math.min(seconds, 60) * 1000 : 2000 };
  }
  return { kind: "refused", status, code: code(body) };
}

export async function ask(method: "GET" | "POST", path: string, question: Question = {}): Promise<Answer> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), question.patience_ms ?? 12_000);
  try {
    const response = await fetch(path, {
      method,
      headers: { ...(question.body ? { "Content-Type": "application/json" } : {}), ...question.headers },
      ...(question.body ? { body: JSON.stringify(question.body) } : {}),
      cache: "no-store",
      credentials: "same-origin",
      signal: abort.signal,
    });
    return judge(response.status, response.headers.get("Retry-After"), await response.json().catch(() => null));
  } catch {
    return { kind: "lost" };
  } finally {
    clearTimeout(timer);
  }
}

/** Is this browser a device of ours? A ticket without a key is refused after the device was judged: nothing is made. */
export async function isDevice(): Promise<boolean | undefined> {
  const answer = await ask("POST", "/v1/walkin/tickets");
  if (answer.kind !== "refused") return undefined;
  return answer.status !== 401;
}

export interface Service {
  readonly id: string;
  readonly name: Readonly<Record<string, string>>;
  readonly waiting: number;
  readonly open: boolean;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

function names(value: unknown): Record<string, string> {
  if (!value || typeof value !== "object") return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => !!text(entry[1])));
}

/** The site's clock and zone, as they come with the lines. */
export interface SiteTime {
  readonly at: number | undefined;
  readonly zone: string | undefined;
}
export const readTime = (body: Body): SiteTime => ({ at: number(body.at), zone: text(body.zone) || undefined });

export function readServices(body: Body): Service[] {
  if (!Array.isArray(body.services)) return [];
  return (body.services as Body[])
    .filter((one) => one && text(one.id))
    .map((one) => ({
      id: text(one.id),
      name: names(one.name),
      waiting: number(one.waiting) ?? 0,
      open: one.open === true,
    }));
}

export interface Issued {
  readonly number: string;
  readonly token: string;
  /** Undefined: the router does not know. */
  readonly ahead: number | undefined;
  readonly wait_s: number | undefined;
}

export function readIssued(body: Body): Issued | undefined {
  if (!text(body.number) || !text(body.token)) return undefined;
  return {
    number: text(body.number),
    token: text(body.token),
    ahead: number(body.ahead),
    wait_s: number(body.est_wait_s),
  };
}

export interface Look {
  readonly number: string;
  readonly name: Readonly<Record<string, string>>;
  readonly state: string;
  readonly reason: string;
  /** Called, and not there. */
  readonly missed: boolean;
  readonly counter: string;
  readonly ahead: number | undefined;
  readonly wait_s: number | undefined;
}

export function readLook(body: Body): Look | undefined {
  if (!text(body.number) || !text(body.state)) return undefined;
  return {
    number: text(body.number),
    name: names(body.name),
    state: text(body.state),
    reason: text(body.reason),
    missed: body.missed === true,
    counter: text(body.counter),
    ahead: number(body.ahead),
    wait_s: number(body.est_wait_s),
  };
}
