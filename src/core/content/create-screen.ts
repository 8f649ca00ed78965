/**
 * A screen that remembers which messages were clean. An agent's prompt grows by a few messages per call, and only those have to be scanned.
 *
 * @module
 */
import type { Message } from '../messages.ts'
import { remember } from '../remember.ts'
import type { ScanTexts } from './content-rule.ts'
import { type ScreenPrompt, screen } from './screen.ts'

/** How many sets of rules are remembered: those of the configuration and of runs. */
const MOST_SETS = 100

/** Creates the screen. It can remember by object, because messages never change. */
export function createScreen(scan: ScanTexts): ScreenPrompt {
  const sets = new Map<string, WeakMap<Message, Message>>()
  return (rules, prompt) => {
    if (rules.length === 0) return { kind: 'clean', messages: prompt }
    const clean = cleanOf(sets, JSON.stringify(rules))
    const fresh = prompt.filter(message => !clean.has(message))
    const screened = screen(fresh, rules, scan)
    if (screened.kind === 'blocked') return screened
    for (const [at, message] of screened.messages.entries()) {
      clean.set(fresh[at]!, message)
      clean.set(message, message)
    }
    return { kind: 'clean', messages: prompt.map(message => clean.get(message)!) }
  }
}

/**
 * The clean messages for a set of rules. Forgets the set that was not used for longest: a call is screened again right before it leaves,
 * and its set should still be there.
 */
function cleanOf(sets: Map<string, WeakMap<Message, Message>>, key: string): WeakMap<Message, Message> {
  const clean = sets.get(key) ?? new WeakMap<Message, Message>()
  remember(sets, key, clean, MOST_SETS)
  return clean
}
