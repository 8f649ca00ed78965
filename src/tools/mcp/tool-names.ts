/**
 * How the tools of MCP servers are named.
 *
 * @module
 */
import { hashOf } from '../../core/routing/uniform.ts'

/** That vendors take. */
const LONGEST_NAME = 64

/** Tells a name from others that come to the same. */
const DIGITS = 8

const LONGEST_BEFORE_DIGITS = LONGEST_NAME - '_'.length - DIGITS

/**
 * How each of a server's tools is offered, by its own name. Servers may name their tools with dots and at any length, and whoever uses
 * one cannot have it named otherwise. Of those that come to the same name only one that is called so keeps it: no order tells which of
 * the others an agent has meant.
 */
export function offeredNames(server: string, tools: readonly string[]): ReadonlyMap<string, string> {
  const shortened = tools.map(tool => offeredName(server, tool))
  const isShared = (name: string) => shortened.indexOf(name) !== shortened.lastIndexOf(name)
  return new Map(
    tools.map((tool, at) => {
      const name = shortened[at]!
      return [tool, isShared(name) && name !== `${server}__${tool}` ? withDigits(name, tool) : name]
    }),
  )
}

function offeredName(server: string, tool: string): string {
  return `${server}__${tool}`.replace(/[^\w-]/g, '_').slice(0, LONGEST_NAME)
}

function withDigits(name: string, tool: string): string {
  const digits = (hashOf(tool) >>> 0).toString(16).padStart(DIGITS, '0')
  return `${name.slice(0, LONGEST_BEFORE_DIGITS)}_${digits}`
}

/** With what the names of all of a server's tools begin, also of those that end in digits. */
export function toolPrefix(server: string): string {
  return offeredName(server, '').slice(0, LONGEST_BEFORE_DIGITS)
}
