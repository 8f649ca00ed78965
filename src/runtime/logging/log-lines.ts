/**
 * Writes lines to a log in the background: whoever reads it may stall, and a write that waited for that would stall the worker.
 *
 * @module
 */
import { write, writeSync } from 'node:fs'

/** So many characters may wait to be written; lines beyond that are dropped, and counted. */
const MOST_UNWRITTEN = 1_000_000

/** A pipe takes so many bytes whole: lines stay whole where something else writes beside, as the end of the process does. */
const WHOLE_BYTES = 4_096

/** After this a pipe that took nothing is tried again. */
const FULL_PAUSE_MS = 100

const LAST_WRITES_MS = 1_000
const LAST_PAUSE_MS = 5

export interface LogLines {
  write(line: string): void
}

/**
 * What is left when the process ends is written before it is gone. A log that takes nothing, on a full disk perhaps, stops nothing: what
 * fits here is written once there is room.
 *
 * @param onCaughtUp - Told how many lines were dropped, once all others are written.
 */
export function createLogLines(fd: number, onCaughtUp: (dropped: number) => void): LogLines {
  const lines: string[] = []
  let unwritten = 0
  let dropped = 0
  let rest: Buffer | undefined
  let isWriting = false
  const take = () => {
    let text = lines.shift() ?? ''
    while (lines[0] !== undefined && text.length + lines[0].length <= WHOLE_BYTES) text += lines.shift()
    unwritten -= text.length
    return text === '' ? undefined : Buffer.from(text)
  }
  const next = () => {
    if (isWriting) return
    rest ??= take()
    if (!rest) return caughtUp()
    isWriting = true
    write(fd, rest, written)
  }
  const written = (error: NodeJS.ErrnoException | null, bytes: number) => {
    isWriting = false
    if (error?.code === 'EAGAIN') setTimeout(next, FULL_PAUSE_MS).unref()
    if (error) return
    rest = bytes < rest!.length ? rest!.subarray(bytes) : undefined
    next()
  }
  const caughtUp = () => {
    const count = dropped
    dropped = 0
    if (count > 0) onCaughtUp(count)
  }
  process.once('exit', () => writeNow(fd, rest && !isWriting ? [rest, ...lines] : lines))
  return {
    write: line => {
      if (unwritten + line.length > MOST_UNWRITTEN) dropped += 1
      else {
        lines.push(line)
        unwritten += line.length
      }
      next()
    },
  }
}

/** The last that the process does: what is not taken within a second is lost. A crash may leave more than a pipe holds. */
function writeNow(fd: number, parts: readonly (Buffer | string)[]): void {
  const untilMs = Date.now() + LAST_WRITES_MS
  try {
    for (const part of parts)
      for (let left = Buffer.from(part as string); left.length > 0; ) left = left.subarray(writeSoon(fd, left, untilMs))
  } catch {}
}

/** How many bytes were taken; none after a pause where a reader has to make room first. */
function writeSoon(fd: number, bytes: Buffer, untilMs: number): number {
  try {
    return writeSync(fd, bytes)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || Date.now() >= untilMs) throw error
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LAST_PAUSE_MS)
    return 0
  }
}
