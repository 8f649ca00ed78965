/**
 * Which settings each endpoint takes, learned from what it has rejected.
 *
 * @module
 */
import type { Fault } from '../../core/faults/fault.ts'
import type { Ask } from '../../core/ports.ts'
import type { Sampling } from '../../core/protocol.ts'

/** For as long as the port lives: a rejection is cheap, and after a restart is paid once more. */
export interface SettingWays {
  /** The ask without the settings that its endpoint has rejected. */
  taken(ask: Ask): Ask
  /** The fault with what the endpoint will be asked without, where it has rejected that of what it was asked with. */
  heed(asked: Ask, fault: Fault): Fault
}

type Name = keyof Sampling

/** How vendors name them, behind the last dot of a parameter. Gemini says `Penalty` of both. */
const PARAMETERS: Readonly<Record<Name, RegExp>> = {
  temperature: /^temperature$/i,
  topP: /^top_?p$/i,
  topK: /^top_?k$/i,
  presencePenalty: /^(?:presence_?)?penalty$/i,
  frequencyPenalty: /^(?:frequency_?)?penalty$/i,
  seed: /^(?:random_)?seed$/i,
  stopSequences: /^stop(?:_?sequences)?$/i,
}

const NAMES = Object.keys(PARAMETERS) as readonly Name[]

export function createSettingWays(): SettingWays {
  const rejected = new Set<string>()
  const keyOf = ({ endpoint }: Ask, name: Name) => `${endpoint.id} ${name}`
  // What is no number that this endpoint takes says nothing of other numbers.
  const valueKeyOf = (ask: Ask, name: Name) => `${keyOf(ask, name)} ${JSON.stringify(ask.settings[name])}`
  const isRejected = (ask: Ask, name: Name) => rejected.has(keyOf(ask, name)) || rejected.has(valueKeyOf(ask, name))
  return {
    taken(ask) {
      if (rejected.size === 0) return ask
      const settings = Object.entries(ask.settings).filter(([name]) => !isRejected(ask, name as Name))
      return { ...ask, settings: Object.fromEntries(settings) }
    },
    heed(asked, fault) {
      const without = NAMES.filter(name => asked.settings[name] !== undefined && isAbout(fault, name))
      if (without.length === 0) return fault
      for (const name of without) rejected.add((fault.kind === 'unsupported' ? keyOf : valueKeyOf)(asked, name))
      return { ...fault, evidence: { ...fault.evidence, without } }
    },
  }
}

function isAbout({ kind, evidence: { parameter } }: Fault, name: Name): boolean {
  if (parameter === undefined || (kind !== 'invalid-request' && kind !== 'unsupported')) return false
  // The whole list is meant where one of its texts is named: `stop[0]`, `body.stop_sequences.0`.
  const whole = parameter.replace(/(?:\[\d+\]|\.\d+)+$/, '')
  return PARAMETERS[name].test(whole.slice(whole.lastIndexOf('.') + 1))
}
