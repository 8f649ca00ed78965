/**
 * Exports of an app that nobody reads, since the name is almost one that a worker reads: their agents would be served nowhere.
 *
 * @module
 */
import { didYouMean } from '../../core/words/did-you-mean.ts'
import { nearest } from '../../core/words/nearest.ts'
import { MADE_BY } from './wrong-lists.ts'

/** What a worker serves of an app. Its `classes` is not here: a list of words may well have a name like that. */
export const READ = ['agents', 'tools', 'schemas', 'mcpServers', 'inputs', 'workflowsPath'] as const

type Read = (typeof READ)[number]

/** One sentence for each, behind the name of the app. What a module exports for others, under whatever name, is its own affair. */
export function misspeltExports(exported: Readonly<Record<string, unknown>>): readonly string[] {
  return nearMisses(exported)
    .filter(({ meant, value }) => isOne[meant](value))
    .map(({ name, meant }) => `exports '${name}', which no worker reads${didYouMean(meant)}`)
}

/** The same for an app that exports nothing else, by the names alone: `; did you mean …?`, or nothing. */
export function perhapsMeant(exported: Readonly<Record<string, unknown>>): string {
  const [first] = nearMisses(exported)
  return first === undefined ? '' : `; it exports '${first.name}'${didYouMean(first.meant)}`
}

function nearMisses(exported: Readonly<Record<string, unknown>>) {
  const missing = READ.filter(name => exported[name] === undefined)
  return Object.entries(exported).flatMap(([name, value]) => {
    const meant = READ.some(read => read === name) ? undefined : nearest(name, missing)
    return meant === undefined ? [] : [{ name, value, meant: meant as Read }]
  })
}

const isOne: Readonly<Record<Read, (value: unknown) => boolean>> = {
  agents: value => isMade(value, MADE_BY.agents.field),
  tools: value => isMade(value, MADE_BY.tools.field),
  schemas: value => isMade(value, MADE_BY.schemas.field),
  mcpServers: value =>
    Object.values(Object(value)).some(server => hasField(server, 'command') || hasField(server, 'url')),
  inputs: value => Object.values(Object(value)).some(schema => hasField(schema, '_zod')),
  workflowsPath: value => typeof value === 'string',
}

/** One of ours, or a list of them. */
function isMade(value: unknown, field: string): boolean {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.length > 0 && list.every(entry => hasField(entry, 'name') && hasField(entry, field))
}

function hasField(value: unknown, field: string): boolean {
  return (Object(value) as Record<string, unknown>)[field] !== undefined
}
