/**
 * Reads the transcribed replies under `test/fixtures/replies`.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import type { Evidence, FaultKind } from '../../src/core/faults/fault.ts'

const FOLDER = new URL('../fixtures/replies/', import.meta.url)

/** A reply's text, e.g. `text.sse`. */
export function replyText(protocol: string, file: string): string {
  return readFileSync(new URL(`${protocol}/${file}`, FOLDER), 'utf8')
}

export function hasReply(protocol: string, file: string): boolean {
  return existsSync(new URL(`${protocol}/${file}`, FOLDER))
}

export interface ErrorCase {
  readonly name: string
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: unknown
  readonly expect: { readonly kind: FaultKind } & Evidence
}

export function errorCases(protocol: string): readonly ErrorCase[] {
  return JSON.parse(replyText(protocol, 'errors.json'))
}
