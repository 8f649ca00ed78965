/**
 * The tools of MCP servers as ordinary tools.
 *
 * @module
 */
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { DEFAULT_REQUEST_TIMEOUT_MSEC } from '@modelcontextprotocol/sdk/shared/protocol.js'
import { ErrorCode, McpError, type Progress } from '@modelcontextprotocol/sdk/types.js'
import type { JsonValue } from '../../core/messages.ts'
import type { Tool } from '../../core/ports.ts'
import { thrownWords } from '../../core/words/thrown-words.ts'
import { capResult } from '../cap-result.ts'
import { DEFAULT_MAX_RESULT_BYTES, DEFAULT_TIMEOUT_MS } from '../define-tool.ts'
import { hideSecrets, withoutSecrets } from './hide-secrets.ts'
import { unusableSchemas } from './output-schemas.ts'
import { type Given, resultOf } from './results.ts'
import {
  approvalOf,
  type McpServer,
  McpServerProblem,
  type McpServers,
  requireServers,
  requireTools,
} from './server-settings.ts'
import { createSession, type McpSession } from './session.ts'
import { offeredNames } from './tool-names.ts'

export interface McpTools {
  readonly tools: readonly Tool[]
  /** What is amiss with servers that can be used all the same, a sentence each. */
  readonly warnings: readonly string[]
  /** Ends the connections, and with them the processes. */
  close(): Promise<void>
}

export interface Connecting {
  /** How servers behind a URL are reached. @defaultValue past any proxy */
  readonly send?: typeof fetch
  /** Told once of each server that lets the start wait. @defaultValue nobody */
  readonly tellSlow?: (words: string) => void
  /** In milliseconds. @defaultValue 5000 */
  readonly slowAfterMs?: number
}

/** Longer than most programs take to start, shorter than people wait before they look for what is wrong. */
const SLOW_AFTER_MS = 5_000

/**
 * Connects to every server and lists its tools, which are fixed from then on.
 *
 * @throws McpServerProblem that names each server which cannot be reached, or whose settings cannot be; the others are closed then.
 */
export async function connectMcpServers(
  servers: McpServers = {},
  { send, tellSlow = () => {}, slowAfterMs = SLOW_AFTER_MS }: Connecting = {},
): Promise<McpTools> {
  requireServers(servers)
  const sessions = Object.entries(servers).map(([name, server]) => ({
    name,
    server,
    session: createSession(server, send),
  }))
  const close = async () => {
    await Promise.all(sessions.map(({ session }) => session.close()))
  }
  const looked = await Promise.allSettled(
    sessions.map(({ name, server, session }) => {
      const slow = setTimeout(() => tellSlow(slowWords(name)), slowAfterMs)
      return toolsOf(name, server, session).finally(() => clearTimeout(slow))
    }),
  )
  const problems = looked.flatMap(one => (one.status === 'rejected' ? [one.reason] : []))
  if (problems.length > 0) {
    await close()
    throw allIn(problems)
  }
  const served = looked.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
  return {
    tools: served.flatMap(({ tools }) => tools),
    warnings: served.flatMap(({ warnings }) => warnings),
    close,
  }
}

function slowWords(name: string): string {
  return `the MCP server '${name}' has not listed its tools yet, and the worker does not start before; each of its answers may take up to ${DEFAULT_REQUEST_TIMEOUT_MSEC / 1000} s`
}

/** Whoever mends one server and starts anew should not learn only then of the next. */
function allIn(problems: readonly unknown[]): unknown {
  const ours = problems.filter(problem => problem instanceof McpServerProblem)
  if (ours.length < problems.length) return problems.find(problem => !(problem instanceof McpServerProblem))
  if (ours.length === 1) return ours[0]
  return new McpServerProblem(ours.map(({ message }) => message).join('\n'), { cause: ours })
}

type Described = Awaited<ReturnType<Client['listTools']>>['tools'][number]

async function toolsOf(name: string, server: McpServer, session: McpSession): Promise<Omit<McpTools, 'close'>> {
  const described = await describedBy(name, server, session)
  const names = described.map(tool => tool.name)
  requireTools(name, server, names)
  const offered = offeredNames(name, names)
  return {
    tools: described.map(tool => toolOf(offered.get(tool.name)!, { name, server, session }, tool)),
    warnings: unusableSchemas(name, described),
  }
}

async function describedBy(name: string, server: McpServer, session: McpSession): Promise<readonly Described[]> {
  try {
    const all = await listAll(await session.client())
    // A list that changes while its pages are read may have a tool twice.
    return [...new Map(all.map(tool => [tool.name, tool])).values()]
  } catch (error) {
    const words = session.lastWords()
    const wrote = words === '' ? '' : `. It wrote last:\n${words}`
    const problem = `the MCP server '${name}' does not list its tools: ${thrownWords(error, String)}; check its command or its url${wrote}`
    throw new McpServerProblem(hideSecrets(problem, server), { cause: withoutSecrets(error, server) })
  }
}

/** Far more than any model takes. A server may say for ever that more comes, with a cursor that is the same or another each time. */
const MOST_PAGES = 100

async function listAll(client: Client): Promise<readonly Described[]> {
  const all: Described[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await client.listTools(cursor === undefined ? {} : { cursor })
    all.push(...page.tools)
    cursor = page.nextCursor
    // Some say by an empty one that nothing comes.
    if (cursor === undefined || cursor === '') return all
  }
  throw new Error(`its list goes on after ${MOST_PAGES} pages`)
}

/** A server that tools are listed of. */
interface Connected {
  readonly name: string
  readonly server: McpServer
  readonly session: McpSession
}

function toolOf(name: string, { name: server, server: settings, session }: Connected, tool: Described): Tool {
  const timeoutMs = settings.timeoutMs ?? DEFAULT_TIMEOUT_MS
  return {
    name,
    description: tool.description ?? '',
    inputSchema: tool.inputSchema as JsonValue,
    idempotent: tool.annotations?.readOnlyHint === true || tool.annotations?.idempotentHint === true,
    timeoutMs,
    maxResultBytes: DEFAULT_MAX_RESULT_BYTES,
    server: { name: server, dataPolicy: settings.dataPolicy ?? {} },
    needsApproval: input => isObject(input) && approvalOf(settings, tool.name, input),
    parse: input => (isObject(input) ? { ok: true, input } : { ok: false, problem: 'give an object' }),
    run: async (input, { signal, progress }) => {
      const tell = progress && ((told: Progress) => progress(hideSecrets(progressWords(told), settings)))
      const asked = { name: tool.name, input: input as Record<string, unknown>, signal, timeoutMs, tell }
      const result = await ask(session, asked)
        .then(resultOf)
        .catch(error => Promise.reject(withoutSecrets(error, settings)))
      return capResult(result, DEFAULT_MAX_RESULT_BYTES)
    },
  }
}

function isObject(input: JsonValue): input is { readonly [key: string]: JsonValue } {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}

/** A call of a tool, as its server knows it. */
interface Asked {
  readonly name: string
  readonly input: Record<string, unknown>
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** Absent: the server is not asked to say how far it is. */
  readonly tell: ((progress: Progress) => void) | undefined
}

/** A server that does not say it in words counts. */
function progressWords({ message, progress, total }: Progress): string {
  return message || (total === undefined ? `${progress}` : `${progress} of ${total}`)
}

/**
 * A lost connection is not mended within a call: nobody knows what the server has done of it, and the next call has a new one. Only one
 * that has forgotten us, as servers do that were started again or have waited long, has done nothing of it.
 */
async function ask(session: McpSession, asked: Asked): Promise<Given> {
  const client = await session.client()
  try {
    return await askOver(client, asked)
  } catch (error) {
    const isAnswer = error instanceof McpError && error.code !== ErrorCode.ConnectionClosed
    if (isAnswer || asked.signal.aborted) throw error
    await session.drop(client)
    if (!(error instanceof StreamableHTTPError && error.code === FORGOTTEN)) throw error
    return askOver(await session.client(), asked)
  }
}

/** What the protocol has a server say of a session that it does not know. */
const FORGOTTEN = 404

function askOver(client: Client, { name, input, signal, timeoutMs, tell }: Asked): Promise<Given> {
  const options = { signal, timeout: timeoutMs, ...(tell && { onprogress: tell }) }
  return client.callTool({ name, arguments: input }, undefined, options)
}
