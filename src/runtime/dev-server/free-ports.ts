import { createServer, type Server } from 'node:net'

const HOST = '127.0.0.1'

/** Ports that nothing listens on, all different. Another process may take one before it is used: be ready to retry. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen()))
  const ports = servers.map(server => (server.address() as { port: number }).port)
  await Promise.all(servers.map(close))
  return ports
}

/** Whether a server could listen there now. */
export async function isFree(port: number): Promise<boolean> {
  try {
    await close(await listen(port))
    return true
  } catch (error) {
    if (['EADDRINUSE', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}

function listen(port = 0): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, HOST, () => resolve(server))
  })
}

function close(server: Server): Promise<void> {
  return new Promise(resolve => server.close(() => resolve()))
}
