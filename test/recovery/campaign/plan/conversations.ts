/**
 * What a run and its models say to each other, fixed beforehand: the vendors are told to answer so, and the judge knows
 * what the transcript must hold.
 *
 * @module
 */
import type { Chance } from '../random.ts'

export const TOOL_NAMES = ['look', 'fetch', 'charge', 'break', 'publish', 'permit', 'forbid'] as const

export type ToolName = (typeof TOOL_NAMES)[number] | 'helper'

/** One tool call of an answer. `at` names its place: no other call of the conversation has it. */
export interface ToolAsk {
  readonly tool: ToolName
  readonly at: string
}

export interface Conversation {
  /** A word in its first message that no other conversation has: what vendors tell it by. */
  readonly tag: string
  readonly run: string
  /** The step of its first call. */
  readonly firstStep: number
  /** Absent: no system message. */
  readonly system?: string
  readonly user: string
  /** The tool calls of each answer but the last. */
  readonly turns: readonly (readonly ToolAsk[])[]
  /** What people say after a turn's tools, by the turn's number from 1. */
  readonly said: Readonly<Record<number, string>>
  /** The last answer, which the vendor signs with its digest of all that it was sent; absent where a schema shapes it. */
  readonly text?: string
  /** What each answer but the last says beside its tool calls: a prompt that is full of it must be summed up. */
  readonly thought?: string
  /** Its first call asks another conversation's call of this step anew. */
  readonly forkedAt?: number
}

/** How many of its answers ask for tools. */
export function asksOf({ turns, forkedAt = 1 }: Conversation): number {
  return turns.length - (forkedAt - 1)
}

/** Answers so many characters a token at the vendors. */
export const closingOf = (tag: string) => `All of ${tag} is done.`

export function openingOf(tag: string): string {
  return `This is ${tag}. Work through the list.`
}

const TOOLS: readonly ToolName[] = ['look', 'look', 'fetch', 'charge', 'charge', 'break']

export interface Drawing {
  readonly tag: string
  readonly run: string
  readonly system: string
  readonly turns: number
  /** The turns that have a call which wants approval. */
  readonly guarded?: readonly number[]
  readonly said?: Readonly<Record<number, string>>
  /** What wants approval. @defaultValue publish */
  readonly guard?: ToolName
  /** The turn in which another agent is asked. */
  readonly helperAt?: number
  /** One call in each turn gives a long result, and each answer thinks aloud. */
  readonly long?: true
}

const THOUGHT = 'Perhaps further down the list, where the older entries are. '.repeat(12)

/** A tool loop of so many turns, one to three calls each, and a closing answer. */
export function drawConversation(chance: Chance, drawing: Drawing): Conversation {
  const { tag, run, system, turns: count, guarded = [], guard = 'publish', said = {}, helperAt } = drawing
  const turns = Array.from({ length: count }, (_, index) => {
    const turn = index + 1
    const drawn: ToolName[] = Array.from({ length: chance.whole(1, 3) }, () => chance.pick(TOOLS))
    if (drawing.long) drawn[0] = 'fetch'
    if (guarded.includes(turn)) drawn[0] = guard
    if (turn === helperAt) drawn.push('helper')
    return drawn.map((tool, place) => ({ tool, at: `${turn}.${place + 1}` }))
  })
  const thought = drawing.long ? { thought: THOUGHT } : {}
  return { tag, run, firstStep: 1, system, user: openingOf(tag), turns, said, text: closingOf(tag), ...thought }
}

/** The tag of the agent that is asked at a place. */
export const helperTag = (tag: string) => `${tag}h`

/** What the model passes to a tool. */
export function argumentsOf(tag: string, { tool, at }: ToolAsk): Record<string, string> {
  return tool === 'helper' ? { input: openingOf(helperTag(tag)) } : { tag, at }
}
