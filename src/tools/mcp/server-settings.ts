/**
 * The settings of MCP servers whose tools a worker offers to its agents.
 *
 * @module
 */
import type { DataPolicy } from '../../core/endpoints.ts'
import { isRecord } from '../../core/json/is-record.ts'
import type { JsonValue } from '../../core/messages.ts'
import type { AskingRun } from '../../core/ports.ts'
import { type Approval, approvalFrom, NO_RUN, requireApproval } from '../approval.ts'
import { requirePrice } from '../price.ts'
import { type KeysOf, refuseUnknown } from '../refuse-unknown.ts'
import { MOST_TIMEOUT_MS, requireWhole } from '../require-whole.ts'

/** A process that we start and talk to over its standard input and output, or a server behind a URL (streamable HTTP). */
export type McpServer = McpProcess | McpAddress

interface CommonSettings {
  /** What the server does with the data it is sent. If absent it is unknown, and runs under zero data retention do not use the server. */
  readonly dataPolicy?: DataPolicy
  /** The limit for one tool call in milliseconds, at most 59 minutes. @defaultValue 60000 */
  readonly timeoutMs?: number
  /**
   * Whether a person must approve calls: of all tools, of the tools in a list, or as a function of the tool, its input and the run
   * decides. Use the server's own names here, `buy` and not `shop__buy`. Otherwise like `needsApproval` of `defineTool`.
   *
   * @defaultValue false
   */
  readonly needsApproval?:
    | Approval
    | readonly string[]
    | ((tool: string, input: JsonObject, run: AskingRun) => Approval)
  /**
   * What a call of each tool costs, by the server's own names: `{ search: '0.005' }`. Like `priceUsd` of `defineTool`.
   *
   * @defaultValue nothing
   */
  readonly priceUsd?: Readonly<Record<string, string>>
}

type JsonObject = Readonly<Record<string, JsonValue>>

interface McpProcess extends CommonSettings {
  /** The program that is started. */
  readonly command: string
  readonly args?: readonly string[]
  /** Added to the few variables that every process gets. Keys of other services are not passed on. */
  readonly env?: Readonly<Record<string, string>>
}

interface McpAddress extends CommonSettings {
  readonly url: string
  /** Sent with every request, for example `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * MCP servers by name. Models know a server's tool as `name__tool`, with `_` for each character that vendors do not accept, and cut to
 * 64 characters. If several tools of a server get the same name that way, `_` and eight hexadecimal digits are added to all of them,
 * except to one whose name needed no change.
 */
export type McpServers = Readonly<Record<string, McpServer>>

/** A server cannot be reached, or its settings are wrong. */
export class McpServerProblem extends Error {
  override readonly name = 'McpServerProblem'
}

const KEYS: KeysOf<McpProcess & McpAddress> = {
  command: true,
  args: true,
  env: true,
  url: true,
  headers: true,
  dataPolicy: true,
  timeoutMs: true,
  needsApproval: true,
  priceUsd: true,
}

/** @throws McpServerProblem for settings that could never work, or that have keys which do not exist. */
export function requireServers(servers: McpServers): void {
  if (Array.isArray(servers))
    throw new McpServerProblem('the MCP servers are given as a list; give them by name, `{ shop: { … } }`')
  for (const [name, server] of Object.entries(servers)) requireSettings(name, server)
}

/** What {@link requireServers} would say; `undefined` if the settings are right. */
export function serversProblem(servers: McpServers): string | undefined {
  try {
    requireServers(servers)
    return undefined
  } catch (error) {
    return (error as McpServerProblem).message
  }
}

function requireSettings(name: string, server: McpServer): void {
  const owner = `the MCP server '${name}'`
  const { needsApproval = false, timeoutMs = 1 } = server
  try {
    refuseUnknown(owner, server as McpProcess & McpAddress, KEYS)
    requireWhole(owner, 'timeoutMs', timeoutMs, { least: 1, most: MOST_TIMEOUT_MS })
    requirePlace(owner, server)
    if (!isList(needsApproval)) requireApproval(owner, needsApproval)
    requirePrices(owner, server.priceUsd)
  } catch (cause) {
    throw new McpServerProblem((cause as Error).message, { cause })
  }
}

function requirePrices(owner: string, priceUsd: McpServer['priceUsd'] = {}): void {
  if (!isRecord(priceUsd))
    throw new TypeError(
      `${owner} has a priceUsd that names no tool; write \`{ search: '0.005' }\`, by the server's own names`,
    )
  for (const [tool, price] of Object.entries(priceUsd)) requirePrice(`the tool '${tool}' of ${owner}`, price)
}

function requirePlace(owner: string, { command, url }: Partial<McpProcess & McpAddress>): void {
  if ((command === undefined) === (url === undefined))
    throw new TypeError(`${owner} needs either a \`command\` or a \`url\`, and not both`)
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new TypeError(`${owner} has the url ${url}; it must begin with http:// or https://`)
}

/**
 * Refuses settings that name a tool the server does not have: the tool that was meant would run without approval, or for nothing.
 *
 * @throws McpServerProblem that names the tool, and those that exist.
 */
export function requireTools(
  name: string,
  { needsApproval, priceUsd = {} }: McpServer,
  tools: readonly string[],
): void {
  const named = { needsApproval: isList(needsApproval) ? needsApproval : [], priceUsd: Object.keys(priceUsd) }
  for (const [setting, names] of Object.entries(named)) {
    const missing = names.find(tool => !tools.includes(tool))
    if (missing === undefined) continue
    throw new McpServerProblem(
      `the MCP server '${name}' has ${setting} for the tool '${missing}', which it does not have; it has: ${tools.join(', ') || 'none'}`,
    )
  }
}

/** Whether a person must approve this call of that tool. */
export function approvalOf(
  { needsApproval = false }: McpServer,
  tool: string,
  input: JsonObject,
  run: AskingRun = NO_RUN,
): Approval {
  if (typeof needsApproval === 'function') return approvalFrom(() => needsApproval(tool, input, run))
  return isList(needsApproval) ? needsApproval.includes(tool) : needsApproval
}

/** `Array.isArray` alone does not narrow a readonly list. */
function isList(needsApproval: McpServer['needsApproval']): needsApproval is readonly string[] {
  return Array.isArray(needsApproval)
}
