/**
 * Lists the tools of one MCP server.
 *
 * @module
 */
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { thrownWords } from '../../core/words/thrown-words.ts'
import { hideSecrets, withoutSecrets } from './hide-secrets.ts'
import { type McpServer, McpServerProblem } from './server-settings.ts'
import type { McpSession } from './session.ts'

/** A server that was given in an app, and the connection to it. */
export interface ConnectedServer {
  readonly name: string
  readonly settings: McpServer
  readonly session: McpSession
}

/** A tool as its server describes it. */
export type ListedTool = Awaited<ReturnType<Client['listTools']>>['tools'][number]

/** @throws McpServerProblem if the server cannot be reached or does not list its tools. */
export async function listTools({ name, settings, session }: ConnectedServer): Promise<readonly ListedTool[]> {
  try {
    const all = await listAllPages(await session.client())
    // A list that changes between two pages may have a tool twice.
    return [...new Map(all.map(tool => [tool.name, tool])).values()]
  } catch (error) {
    const words = session.lastWords()
    const wrote = words === '' ? '' : `. It wrote last:\n${words}`
    const problem = `the MCP server '${name}' does not list its tools: ${thrownWords(error, String)}; check its command or its url${wrote}`
    throw new McpServerProblem(hideSecrets(problem, settings), { cause: withoutSecrets(error, settings) })
  }
}

/** Far more than any model takes. Without a limit, a broken server could announce another page for ever. */
const MOST_PAGES = 100

async function listAllPages(client: Client): Promise<readonly ListedTool[]> {
  const all: ListedTool[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await client.listTools(cursor === undefined ? {} : { cursor })
    all.push(...page.tools)
    cursor = page.nextCursor
    // Some servers end the list with an empty cursor.
    if (cursor === undefined || cursor === '') return all
  }
  throw new Error(`its list goes on after ${MOST_PAGES} pages`)
}
