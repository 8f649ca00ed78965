import { knownAcrossCopies } from '../core/across-copies.ts'

/** What kept the store from being opened or written. `closed`: this process has closed it itself. */
export type StoreProblemKind =
  | 'unreachable'
  | 'unknown-address'
  | 'corrupt'
  | 'read-only'
  | 'foreign'
  | 'newer-version'
  | 'older-version'
  | 'busy'
  | 'full'
  | 'unknown-run'
  | 'closed'

/**
 * The store cannot do what was asked, and a person has to act. The message says what happened, to which file or server, and what to do. It
 * contains no password and nothing of what is stored.
 */
export class StoreProblem extends Error {
  override readonly name = 'StoreProblem'
  readonly kind: StoreProblemKind

  static {
    knownAcrossCopies(StoreProblem, 'StoreProblem')
  }

  constructor(kind: StoreProblemKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
