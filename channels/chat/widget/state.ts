// What a page knows of its chat, and what the server says of it (docs/chat.md).

import type { LinkState } from "../../http/browser/socket";

export interface Agent {
  readonly name: string;
  readonly no?: string;
}

export interface Place {
  readonly position: number | null; // 1 = next
  readonly est_wait_s: number | null;
}

export type Status = "" | "queued" | "active" | "paused" | "closed";

/** A frame of the server. Each type has its own of these fields (docs/chat.md); those marked may be absent there too. */
export interface In {
  readonly type: string;
  readonly at: number;
  readonly contact: string;
  readonly case: string;
  readonly state: Status;
  readonly seq: number;
  readonly cid?: string;
  readonly by: "customer" | "agent" | "system";
  readonly kind: "text" | "greeting" | "event";
  readonly text?: string;
  readonly event?: { readonly name: string; readonly agent?: Agent };
  readonly agent?: Agent;
  readonly token?: string;
  readonly online: boolean;
  readonly reset: boolean;
  readonly place?: Place;
  readonly read: { readonly customer: number; readonly agent: number };
  readonly last: number;
  readonly limits: { readonly chars: number; readonly bytes: number };
  readonly on: boolean;
  readonly retry_ms: number;
  readonly reason: string;
  readonly next: number;
  readonly code: string;
  readonly identity?: string;
}

export interface Line {
  readonly contact: string;
  readonly seq: number;
  readonly at: number; // server's ms
  readonly by: "customer" | "agent" | "system";
  readonly kind: "text" | "greeting" | "event";
  readonly text: string;
  readonly event?: { readonly name: string; readonly agent?: Agent } | undefined;
}

/** What the website asked before the first message: it goes along with that. */
export interface Form {
  readonly consent?: string | undefined; // the version in view
  readonly prechat?: Readonly<Record<string, string>> | undefined;
}

export interface Entry {
  readonly cid: string; // <page>:<n>
  readonly text: string;
  readonly at: number; // server's ms when it was typed
  readonly since: number; // local ms: 20 s later without an answer it is shown as failed
  readonly form?: Form | undefined;
  readonly refused?: string; // final: the server's code
}

export interface State {
  readonly page: string;
  readonly n: number; // the last number given on this page
  readonly link: LinkState;
  readonly onLine: boolean; // the browser's own opinion
  readonly token: string;
  readonly offset: number; // server's clock minus ours
  readonly staffed: boolean | null; // null: nobody told us yet
  readonly chars: number;
  readonly bytes: number; // of a frame without a form
  readonly contact: string | null;
  readonly status: Status;
  readonly agent: Agent | null;
  readonly place: Place | null;
  readonly seen: number; // the customer has read up to here
  readonly readBy: number; // the agent has read up to here
  readonly replay: number; // lines up to here are history, not news
  readonly typingUntil: number;
  readonly cases: Readonly<Record<string, string>>; // contact → case number
  readonly lines: readonly Line[];
  readonly outbox: readonly Entry[];
  readonly flight: { readonly cid: string; readonly at: number } | null;
  readonly slow: { readonly until: number; readonly reason: string } | null;
  readonly expired: boolean;
  readonly ending: string | null; // the contact that the customer ended and that is not closed yet
}
