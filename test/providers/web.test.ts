import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { createWeb, ProxyFailed } from '../../src/providers/transport/web.ts'
import { onFreePort } from '../support/on-free-port.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function listening(answer: RequestListener): Promise<string> {
  const server: Server = createServer(answer)
  const address = await onFreePort(server)
  open.push({ close: () => server.close() })
  return `http://${address}`
}

function web(proxies: Parameters<typeof createWeb>[0]): typeof fetch {
  const made = createWeb(proxies)
  open.unshift(made)
  return made.fetch
}

it('goes through the proxy with what it sends, and gives what came', async () => {
  const seen: unknown[] = []
  const http = await listening((request, response) => {
    request.on('data', chunk => seen.push(request.method, request.url, request.headers['x-key'], String(chunk)))
    request.on('end', () => response.writeHead(202, { 'x-told': 'yes' }).end('taken'))
  })
  const init = { method: 'POST', headers: { 'x-key': 'k' }, body: 'words', signal: AbortSignal.timeout(5_000) }
  const reply = await web({ http })('http://hook.invalid/here', init)
  expect([reply.status, reply.headers.get('x-told'), await reply.text()]).toEqual([202, 'yes', 'taken'])
  expect(seen).toEqual(['POST', 'http://hook.invalid/here', 'k', 'words'])
})

it('reaches this machine, and what is excepted, past the proxy', async () => {
  const address = await listening((request, response) => response.end(request.url))
  const past = web({ http: 'http://127.0.0.1:1', except: 'hook.invalid' })
  expect(await (await past(address)).text()).toBe('/')
  await expect(past('http://hook.invalid/')).rejects.toMatchObject({ cause: { syscall: 'getaddrinfo' } })
})

it('names the variable where a proxy may be what fails, and never its address', async () => {
  const failed = web({ http: 'http://clerk:opensesame@127.0.0.1:1' })('http://hook.invalid/')
  const error = await failed.catch(caught => caught)
  expect(error).toBeInstanceOf(ProxyFailed)
  expect(error.message).toBe('fetch failed (perhaps at the proxy that HTTP_PROXY names)')
})
