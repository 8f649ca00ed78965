import type { Loose } from '../loose.ts'

/** A message as Google takes it, read as far as its parts. */
export interface GoogleContent {
  readonly role: string
  readonly parts: readonly Loose[]
}
