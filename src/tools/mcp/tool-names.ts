/**
 * How the tools of MCP servers are named.
 *
 * @module
 */
import { hashOf } from '../../core/uniform.ts'

/** In characters; vendors accept no more. */
const LONGEST_NAME = 64

/** How many hexadecimal digits are added to a name that several tools would have. */
const DIGITS = 8

const LONGEST_BEFORE_DIGITS = LONGEST_NAME - '_'.length - DIGITS

/**
 * The name under which models are offered each of a server's tools, by the server's own name for it.
 *
 * Servers may use dots and names of any length, which vendors do not accept, so names are changed. If several tools get the same name,
 * only one whose name needed no change keeps it; the others get digits, since nothing tells which of them an agent would mean.
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

/** The beginning that the offered names of all of a server's tools share, with or without digits. */
export function toolPrefix(server: string): string {
  return offeredName(server, '').slice(0, LONGEST_BEFORE_DIGITS)
}
