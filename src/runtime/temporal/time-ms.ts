import type { google } from '@temporalio/proto'

/** A time as the server tells it; 0 where it tells none. */
export function timeMs(told: google.protobuf.ITimestamp | null | undefined): number {
  return Number(told?.seconds ?? 0) * 1_000 + (told?.nanos ?? 0) / 1e6
}
