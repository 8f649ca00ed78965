import { hostname } from 'node:os'

/** What one process says of itself is read elsewhere: a worker's by whoever asks for its run. Temporal names workers in the same way. */
export function thisProcess(): string {
  return `process ${process.pid}@${hostname()}`
}
