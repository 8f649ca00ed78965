import { describe, expect, it } from 'vitest'
import { storedBy as anthropic } from '../../src/providers/anthropic/stored-by.ts'
import { storedBy as google } from '../../src/providers/google/stored-by.ts'
import { chatStoredBy as chat } from '../../src/providers/openai-compatible/stored-by.ts'
import { storedBy as responses } from '../../src/providers/openai-responses/stored-by.ts'

/** Bodies as the vendors' documentation has them, with what a user of ours may bring along in `providerOptions` and in messages. */
const TOOL = 'a tool runs at the vendor'
const RETENTION = 'extended cache retention is on'
const FILE = 'a message refers to a file that the vendor holds'
const REFERS = 'the input refers to something that the vendor holds'
const BACKGROUND = 'background mode keeps the answer'

describe('what makes a vendor keep something is found in the body that is about to leave', () => {
  it.each<[unknown, string]>([
    [{ store: true }, 'store is on'],
    [{ background: true }, BACKGROUND],
    [{ prompt_cache_retention: '24h' }, RETENTION],
    [{ tools: [{ type: 'function' }, { type: 'web_search' }] }, TOOL],
    [{ messages: [{ content: 'Hello' }, { content: [{ type: 'file', file: { file_id: 'file-1' } }] }] }, FILE],
  ])('OpenAI, chat: %j', (body, problem) => {
    expect(chat(body)).toBe(problem)
  })

  it.each<[object, string]>([
    [{ store: true }, 'store is not off'],
    [{ store: undefined }, 'store is not off'],
    [{ background: true }, BACKGROUND],
    [{ previous_response_id: 'resp_1' }, 'it goes on from a stored response'],
    [{ conversation: 'conv_1' }, 'it belongs to a stored conversation'],
    [{ prompt_cache_retention: '24h' }, RETENTION],
    [{ tools: [{ type: 'function' }, { type: 'code_interpreter' }] }, TOOL],
    [
      {
        input: [
          { role: 'user', content: 'Hello' },
          { type: 'item_reference', id: 'msg_1' },
        ],
      },
      REFERS,
    ],
    [
      { input: [{ role: 'user', content: [{ type: 'input_text' }, { type: 'input_file', file_id: 'file-1' }] }] },
      REFERS,
    ],
  ])('OpenAI, Responses: %j', (body, problem) => {
    expect(responses({ store: false, ...body })).toBe(problem)
  })

  it.each<[unknown, string]>([
    [{ thread: {} }, 'a thread is kept by the vendor'],
    [{ container: 'container_1' }, 'a container is kept by the vendor'],
    [{ mcp_servers: [{ type: 'url' }] }, 'an MCP server is called by the vendor'],
    [{ tools: [{ name: 'look' }, { type: 'web_search_20250305', name: 'web_search' }] }, TOOL],
    [{ system: [{ type: 'text', cache_control: { type: 'ephemeral', ttl: '1h' } }] }, RETENTION],
    [{ messages: [{ content: [{ type: 'document', source: { type: 'file', file_id: 'file_1' } }] }] }, FILE],
  ])('Anthropic: %j', (body, problem) => {
    expect(anthropic(body)).toBe(problem)
  })

  it.each<[unknown, string]>([
    [{ cachedContent: 'cachedContents/1' }, 'explicit cached content is kept by the vendor'],
    [{ tools: [{ functionDeclarations: [] }, { googleSearch: {} }] }, TOOL],
    [
      {
        contents: [
          { parts: [{ text: 'Hello' }] },
          {
            parts: [
              { text: 'Read' },
              { fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/1' } },
            ],
          },
        ],
      },
      FILE,
    ],
  ])('Google: %j', (body, problem) => {
    expect(google(body)).toBe(problem)
  })
})

it('tools of one’s own, usual caches and pictures in the body are nothing that a vendor keeps', () => {
  const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } }
  const own = [{ type: 'function' }, { type: 'custom' }]
  const short = { prompt_cache_retention: 'in_memory', background: false }
  expect(chat({ store: false, ...short, tools: own, messages: [{ content: 'Hi' }, { content: [picture] }] })).toBe(
    undefined,
  )
  const input = [{ role: 'user', content: [{ type: 'input_image', image_url: 'data:image/png;base64,aGk=' }] }]
  expect(responses({ store: false, ...short, tools: own, input })).toBeUndefined()
  const marked = [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }]
  const tools = [
    { name: 'look', input_schema: {} },
    { type: 'custom', name: 'find' },
  ]
  const inline = { type: 'image', source: { type: 'base64', data: 'aGk=' } }
  expect(anthropic({ system: marked, mcp_servers: [], tools, messages: [{ content: [inline] }] })).toBeUndefined()
  const parts = [
    { text: 'Hi' },
    { inlineData: { data: 'aGk=' } },
    { fileData: { fileUri: 'https://example.com/a.png' } },
  ]
  expect(google({ tools: [{ functionDeclarations: [] }], contents: [{ parts }] })).toBeUndefined()
})
