/**
 * Screens that remember what is clean: an agent's prompt grows by a few messages a call, and is read once.
 *
 * @module
 */
import type { Message } from '../messages.ts'
import type { ScanTexts } from './content-rule.ts'
import { type ScreenPrompt, screen } from './screen.ts'

/** Sets of rules that are remembered at a time: a configuration's, and those of runs. */
const MOST_SETS = 100

/** Messages never change, so what is clean stays clean. */
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

/** The set that was used longest ago goes first: a call that is on its way is looked at once more before it leaves. */
function cleanOf(sets: Map<string, WeakMap<Message, Message>>, key: string): WeakMap<Message, Message> {
  const clean = sets.get(key) ?? new WeakMap<Message, Message>()
  sets.delete(key)
  sets.set(key, clean)
  if (sets.size > MOST_SETS) sets.delete(sets.keys().next().value!)
  return clean
}
