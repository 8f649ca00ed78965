/**
 * The connection to one MCP server: made when it is first needed, and again after it was lost.
 *
 * @module
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { lenientValidator } from './output-schemas.ts'
import type { McpServer } from './server-settings.ts'

export interface McpSession {
  /** The open connection, or a new one. Rejects if the server cannot be reached. */
  client(): Promise<Client>
  /** Closes a connection that no longer works, so that the next `client()` makes another. */
  drop(client: Client): Promise<void>
  close(): Promise<void>
  /** The last that the server's process wrote to its standard error; empty for a server behind a URL. */
  lastWords(): string
}

/** How many characters of standard error are kept: enough to see why a process does not start. */
const CHARACTERS_KEPT = 1_000

export function createSession(server: McpServer, send?: typeof fetch): McpSession {
  let current: Promise<Client> | undefined
  /** The newest, which `current` may still be connecting. */
  let newest: Client | undefined
  let words = ''
  const hear = (text: string) => {
    words = `${words}${text}`.slice(-CHARACTERS_KEPT)
  }
  const opened = new WeakMap<Client, Promise<Client>>()
  const forget = (connecting: Promise<Client> | undefined) => {
    if (current === connecting) current = undefined
  }
  const connect = () => {
    const client = createClient(() => forget(connecting))
    const connecting = client.connect(transportTo(server, hear, send)).then(() => client)
    newest = client
    connecting.then(
      client => opened.set(client, connecting),
      () => forget(connecting),
    )
    return connecting
  }
  return {
    client: () => {
      current ??= connect()
      return current
    },
    drop: async client => {
      // If two calls fail on one connection, the second must not forget the new connection that may be there by then.
      forget(opened.get(client))
      await client.close()
    },
    close: async () => {
      // Also while it is connecting: a server that says nothing would hold up a shutdown for a minute.
      if (current) await newest?.close()
    },
    lastWords: () => words.trim(),
  }
}

function createClient(onClose: () => void): Client {
  const client = new Client({ name: 'signalbox', version: '1' }, { jsonSchemaValidator: lenientValidator() })
  client.onclose = onClose
  return client
}

function transportTo(server: McpServer, hear: (text: string) => void, send: typeof fetch | undefined): Transport {
  if ('url' in server) {
    const requestInit = server.headers ? { headers: { ...server.headers } } : {}
    return new StreamableHTTPClientTransport(new URL(server.url), {
      requestInit,
      ...(send && { fetch: send }),
    }) as Transport
  }
  const { command, args = [], env } = server
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    stderr: 'pipe',
    ...(env && { env: { ...env } }),
  })
  // Unread, a full pipe would block a process that writes much.
  transport.stderr?.on('data', chunk => hear(String(chunk)))
  return transport
}
