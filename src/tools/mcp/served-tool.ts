/**
 * One tool of an MCP server as an ordinary tool.
 *
 * @module
 */
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ErrorCode, McpError, type Progress } from '@modelcontextprotocol/sdk/types.js'
import { definedOnly } from '../../core/defined-only.ts'
import type { JsonValue } from '../../core/messages.ts'
import type { Tool } from '../../core/ports.ts'
import { DEFAULT_MAX_RESULT_BYTES } from '../../core/tools/result-limit.ts'
import { capResult } from '../cap-result.ts'
import { DEFAULT_TIMEOUT_MS } from '../define-tool.ts'
import { hideSecrets, withoutSecrets } from './hide-secrets.ts'
import type { ConnectedServer, ListedTool } from './list-tools.ts'
import { type McpResult, resultOf } from './results.ts'
import { approvalOf, type McpServer } from './server-settings.ts'
import type { McpSession } from './session.ts'

/** @param name - The name under which models are offered the tool. */
export function servedTool(name: string, { name: server, settings, session }: ConnectedServer, tool: ListedTool): Tool {
  const timeoutMs = settings.timeoutMs ?? DEFAULT_TIMEOUT_MS
  return {
    name,
    description: tool.description ?? '',
    inputSchema: tool.inputSchema as JsonValue,
    idempotent: tool.annotations?.readOnlyHint === true || tool.annotations?.idempotentHint === true,
    timeoutMs,
    maxResultBytes: DEFAULT_MAX_RESULT_BYTES,
    ...priceOf(settings, tool.name),
    server: { name: server, dataPolicy: settings.dataPolicy ?? {} },
    needsApproval: (input, run) => isObject(input) && approvalOf(settings, tool.name, input, run),
    parse: input => (isObject(input) ? { ok: true, input } : { ok: false, problem: 'give an object' }),
    run: async (input, { signal, progress }) => {
      const onProgress = progress && ((at: Progress) => progress(hideSecrets(progressWords(at), settings)))
      const call = { name: tool.name, input: input as Record<string, unknown>, signal, timeoutMs, onProgress }
      const result = await callTool(session, call)
        .then(resultOf)
        .catch(error => Promise.reject(withoutSecrets(error, settings)))
      return capResult(result, DEFAULT_MAX_RESULT_BYTES)
    },
  }
}

function priceOf({ priceUsd = {} }: McpServer, tool: string): Pick<Tool, 'priceUsd'> {
  return definedOnly({ priceUsd: Object.hasOwn(priceUsd, tool) ? priceUsd[tool] : undefined })
}

function isObject(input: JsonValue): input is { readonly [key: string]: JsonValue } {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}

/** The server's own words, or its count. */
function progressWords({ message, progress, total }: Progress): string {
  return message || (total === undefined ? `${progress}` : `${progress} of ${total}`)
}

/** A call of a tool, under the name that its server knows. */
interface ServerCall {
  readonly name: string
  readonly input: Record<string, unknown>
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** If absent, the server is not asked to report progress. */
  readonly onProgress: ((progress: Progress) => void) | undefined
}

/**
 * Calls the tool, twice if the server has forgotten the session, as servers do after a restart or a long pause: it has then done nothing
 * yet. After any other loss of the connection nobody knows what the server has done, so the error is thrown, and the next call connects
 * anew.
 */
async function callTool(session: McpSession, call: ServerCall): Promise<McpResult> {
  const client = await session.client()
  try {
    return await callOver(client, call)
  } catch (error) {
    const isReply = error instanceof McpError && error.code !== ErrorCode.ConnectionClosed
    if (isReply || call.signal.aborted) throw error
    await session.drop(client)
    if (!(error instanceof StreamableHTTPError && error.code === UNKNOWN_SESSION)) throw error
    return callOver(await session.client(), call)
  }
}

/** The HTTP status with which a server answers to a session that it does not know. */
const UNKNOWN_SESSION = 404

function callOver(client: Client, { name, input, signal, timeoutMs, onProgress }: ServerCall): Promise<McpResult> {
  const options = { signal, timeout: timeoutMs, ...(onProgress && { onprogress: onProgress }) }
  return client.callTool({ name, arguments: input }, undefined, options)
}
