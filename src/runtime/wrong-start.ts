import { knownAcrossCopies } from '../core/across-copies.ts'

/** A run cannot be started like this. The message says what is wrong and what is allowed. */
export class WrongStart extends Error {
  override readonly name = 'WrongStart'

  static {
    knownAcrossCopies(WrongStart, 'WrongStart')
  }
}
