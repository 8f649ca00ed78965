import { hostname } from 'node:os'

/** Names this process, as Temporal names workers: what it says of itself may be read on another machine, by whoever asks for a run. */
export function thisProcess(): string {
  return `process ${process.pid}@${hostname()}`
}
