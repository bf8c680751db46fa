// Which alarms of the wall somebody has seen, and who. Pure.

import type { WallQueue } from "../protocol";
import { RANK, troubleOf, type Trouble } from "./figures";

export interface Ack {
  readonly trouble: Trouble;
  readonly by: string;
  readonly at: number;
}
export type Acks = ReadonlyMap<string, Ack>;

export const isAlarm = (trouble: Trouble): boolean => trouble === "long" || trouble === "noFree";

/** An acknowledgement holds while its trouble lasts and grows no worse. */
export function seenBy(acks: Acks, q: WallQueue, at: number): Ack | undefined {
  const trouble = troubleOf(q, at);
  const ack = acks.get(q.id);
  return ack && isAlarm(trouble) && RANK[trouble] >= RANK[ack.trouble] ? ack : undefined;
}

/** Forgets those whose alarm is over, so that the next one is news again. */
export function keepAcks(acks: Acks, queues: readonly WallQueue[], at: number): Acks {
  const kept = queues.flatMap((q) => {
    const ack = seenBy(acks, q, at);
    return ack ? [[q.id, ack] as const] : [];
  });
  return kept.length === acks.size ? acks : new Map(kept);
}

export function acknowledge(acks: Acks, queues: readonly WallQueue[], id: string, by: string, at: number): Acks {
  const q = queues.find((one) => one.id === id);
  const trouble = q ? troubleOf(q, at) : "";
  if (!q || !isAlarm(trouble) || seenBy(acks, q, at)) return acks;
  return new Map(acks).set(id, { trouble, by, at });
}
