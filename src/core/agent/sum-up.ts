/**
 * The request for a summary as workflows need it. Activities make the prompt of it: `sum-up-prompt.ts`.
 *
 * @module
 */
import { userText } from '../messages.ts'
import type { Addition } from '../protocol.ts'

/** What a summing call adds to its transcript. */
export const SUM_UP: Addition = userText('Sum up the conversation so far.')
