/**
 * The researcher: an agent with five tools over a folder of documents. One tool publishes, and needs a person's word.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Tool } from '../src/core/ports.ts'
import { defineAgent, defineTool } from '../src/tools/index.ts'
import { calculate } from './calculate.ts'
import { createLibrary, type Library } from './library.ts'

/** More passages than this are a sign of a query that is too wide. */
const MAX_PASSAGES = 12

export const researcher = defineAgent({
  name: 'researcher',
  instructions: [
    'You prepare decisions from a folder of documents.',
    'Read what bears on the question before you judge. Calculate with the tool, never in your head.',
    'Say which document a figure comes from, and what the documents leave open.',
    'When the findings are complete, publish a summary, then answer.',
  ].join('\n'),
  taskClass: 'research',
  tools: ['list_documents', 'read_document', 'search_documents', 'calculate', 'publish_summary'],
  limits: { steps: 60 },
})

export interface ResearchFolders {
  readonly documents: string
  /** Where summaries go; made when it is missing. */
  readonly publications: string
}

/** The researcher's tools, working in these folders. */
export function createResearchTools(folders: ResearchFolders): readonly Tool[] {
  const library = createLibrary(folders.documents)
  return [listTool(library), readTool(library), searchTool(library), calculateTool(), publishTool(folders.publications)]
}

function listTool(library: Library): Tool {
  return defineTool({
    name: 'list_documents',
    description: 'Lists the documents with their titles and lengths.',
    input: z.object({}),
    run: () => library.list(),
  })
}

function readTool(library: Library): Tool {
  return defineTool({
    name: 'read_document',
    description: 'Gives the whole text of one document.',
    input: z.object({ name: z.string().describe('as listed, without .md') }),
    run: ({ name }) => library.read(name),
  })
}

function searchTool(library: Library): Tool {
  return defineTool({
    name: 'search_documents',
    description: 'Finds the paragraphs and table rows, over all documents, that contain every word of the query.',
    input: z.object({ query: z.string().min(2) }),
    async run({ query }) {
      const passages = await library.search(query)
      return { found: passages.length, passages: passages.slice(0, MAX_PASSAGES) }
    },
  })
}

function calculateTool(): Tool {
  return defineTool({
    name: 'calculate',
    description: 'Works out an expression: + - * / ^, brackets, sum, min, max, sqrt, round(value, digits).',
    input: z.object({ expression: z.string().min(1).max(500) }),
    run: ({ expression }) => ({ expression, value: calculate(expression) }),
  })
}

/** Idempotent by its file's name: a second run with the same key writes the same file again. */
function publishTool(folder: string): Tool {
  return defineTool({
    name: 'publish_summary',
    description: 'Publishes a summary on the notice board. A person is asked first.',
    input: z.object({ title: z.string().min(1).max(120), summary: z.string().min(1) }),
    needsApproval: true,
    async run({ title, summary }, call) {
      const name = `${createHash('sha256').update(call.idempotencyKey).digest('hex').slice(0, 16)}.md`
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, name), `# ${title}\n\n${summary}\n`)
      return { published: name, words: summary.split(/\s+/).filter(Boolean).length }
    },
  })
}
