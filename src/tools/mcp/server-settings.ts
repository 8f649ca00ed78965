/**
 * A server of the Model Context Protocol whose tools a worker offers to its agents.
 *
 * @module
 */
import type { DataPolicy } from '../../core/endpoints.ts'

/** A process of our own that speaks over its standard input and output, or a server behind a URL (streamable HTTP). */
export type McpServer = McpProcess | McpAddress

interface Common {
  /** What the server does with what it is sent. Absent is unknown, and unknown is bad to a run under ZDR. */
  readonly dataPolicy?: DataPolicy
  /** Of one tool call, at most 59 minutes. @defaultValue 60000 */
  readonly timeoutMs?: number
}

export interface McpProcess extends Common {
  readonly command: string
  readonly args?: readonly string[]
  /** Beside the few variables that every process gets; keys of other services are not passed on. */
  readonly env?: Readonly<Record<string, string>>
}

export interface McpAddress extends Common {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * By name; a server's tool is offered as `name__tool`, with `_` for each character that vendors do not take in names, and cut to the
 * 64 that they take.
 */
export type McpServers = Readonly<Record<string, McpServer>>
