/**
 * Telling an endpoint which tools its answer has to call, in the best way that it has.
 *
 * @module
 */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { Fault } from '../../core/faults/fault.ts'
import type { Message } from '../../core/messages.ts'
import type { Ask } from '../../core/ports.ts'
import type { ToolChoice } from '../../core/protocol.ts'
import { choiceWords } from '../../core/tools/tool-choice.ts'
import type { Dialect } from '../dialect.ts'
import { rejectedParameter } from './rejected-parameter.ts'

/** `native`: as the protocol has it. `words`: the model is told so, and may choose. */
export type ChoiceWay = 'native' | 'words'

/** Which endpoints take no choice, learned from what they have rejected; for as long as the port lives. */
export interface ChoiceWays {
  wayFor(ask: Ask, dialect: Dialect): ChoiceWay
  /** The fault with the way in which the endpoint will be asked next, where it has rejected that a tool was chosen for it. */
  heed(ask: Ask, used: ChoiceWay, fault: Fault): Fault
}

/** Parameters by which vendors name the choice of tools. */
const CHOICE_PARAMETER = /^(?:tool_?choice|tool_?config|function_?calling_?config)/i

export function createChoiceWays(): ChoiceWays {
  const inWords = new Set<string>()
  // Some take one, and none while they think.
  const keyOf = ({ endpoint, settings }: Ask) => `${endpoint.id} ${settings.reasoning}`
  return {
    wayFor: (ask, dialect) => (inWords.has(keyOf(ask)) || dialect.choosesItself?.(ask) ? 'words' : 'native'),
    heed(ask, used, fault) {
      const isAboutChoice = CHOICE_PARAMETER.test(rejectedParameter(fault) ?? '')
      if (ask.toolChoice === undefined || used === 'words' || !isAboutChoice) return fault
      inWords.add(keyOf(ask))
      return { ...fault, evidence: { ...fault.evidence, choiceWay: 'words' } }
    },
  }
}

interface Choice {
  readonly option?: Pick<LanguageModelV4CallOptions, 'toolChoice'>
  readonly words?: string
}

/** How an ask's choice goes out: as an option, or as words in the prompt. */
export function toolChoice({ toolChoice: chosen, tools }: Ask, way: ChoiceWay): Choice {
  if (chosen === undefined || tools.length === 0) return {}
  if (way === 'words') return { words: choiceWords(chosen) }
  return { option: { toolChoice: optionOf(chosen) } }
}

function optionOf(chosen: ToolChoice): NonNullable<LanguageModelV4CallOptions['toolChoice']> {
  if (chosen === 'none') return { type: 'none' }
  return chosen === 'required' ? { type: 'required' } : { type: 'tool', toolName: chosen }
}

/** Behind all that the prompt has, so that what stands before keeps its place in the vendor's cache. */
export function withChoiceInWords(prompt: readonly Message[], words: string): readonly Message[] {
  const part = { type: 'text', text: words } as const
  const last = prompt.at(-1)
  if (last?.role !== 'user') return [...prompt, { role: 'user', content: [part] }]
  return prompt.with(-1, { ...last, content: [...last.content, part] })
}
