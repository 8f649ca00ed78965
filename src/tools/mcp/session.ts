/**
 * The connection to one MCP server: made when it is needed, and made again when it was lost.
 *
 * @module
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { McpServer } from './server-settings.ts'

export interface McpSession {
  /** The open connection, or a new one where none is. Rejects when the server cannot be reached. */
  client(): Promise<Client>
  /** Gives a connection up that no longer works, so that the next call makes another. */
  drop(client: Client): Promise<void>
  close(): Promise<void>
}

export function createSession(server: McpServer): McpSession {
  let current: Promise<Client> | undefined
  const opened = new WeakMap<Client, Promise<Client>>()
  const forget = (connecting: Promise<Client> | undefined) => {
    if (current === connecting) current = undefined
  }
  const connect = () => {
    const connecting: Promise<Client> = open(server, () => forget(connecting))
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
      // Of two calls that fail on one connection the second comes when there may be another: nobody would close that one.
      forget(opened.get(client))
      await client.close()
    },
    close: async () => {
      const last = await current?.catch(() => undefined)
      await last?.close()
    },
  }
}

async function open(server: McpServer, onClose: () => void): Promise<Client> {
  const client = new Client({ name: 'signalbox', version: '1' })
  client.onclose = onClose
  await client.connect(transportTo(server))
  return client
}

function transportTo(server: McpServer): Transport {
  if ('url' in server) {
    const requestInit = server.headers ? { headers: { ...server.headers } } : {}
    return new StreamableHTTPClientTransport(new URL(server.url), { requestInit }) as Transport
  }
  const { command, args = [], env } = server
  return new StdioClientTransport({ command, args: [...args], stderr: 'ignore', ...(env && { env: { ...env } }) })
}
