/**
 * What tools have done to the world, written by themselves: one line each before and after, safe on the disk before the
 * tool goes on. Many processes append to the one file.
 *
 * @module
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'

export interface ToolTrace {
  readonly step: 'begin' | 'end'
  readonly tool: string
  readonly run: string
  readonly tag: string
  readonly at: string
  /** The idempotency key that it was given. */
  readonly key: string
}

export interface ToolLog {
  write(trace: ToolTrace): void
  close(): void
}

export function openToolLog(path: string): ToolLog {
  const file = openSync(path, 'a')
  return {
    write(trace) {
      // One short write to a file that is only appended to is never torn by another process's.
      writeSync(file, `${JSON.stringify({ ...trace, pid: process.pid })}\n`)
      fsyncSync(file)
    },
    close: () => closeSync(file),
  }
}

export function readToolLog(path: string): readonly ToolTrace[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as ToolTrace)
}
