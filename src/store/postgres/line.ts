import { Socket } from 'node:net'
import { StoreProblem } from '../store-problem.ts'

/** What leads to one server: the sockets of a pool. */
export interface Line {
  /** For a new connection. */
  socket(): Socket
  /** Cuts all connections, and each that is opened until the function that it gives is called. */
  abandon(): () => void
  /** @throws StoreProblem where it is abandoned. */
  require(): void
}

/** @param place - The server, for people. */
export function createLine(place: string): Line {
  const open = new Set<Socket>()
  let abandoning = 0
  return {
    socket() {
      const socket = new Socket()
      open.add(socket)
      socket.once('close', () => open.delete(socket))
      // Whoever waited for a connection still gets one. By then it is being opened, which would revive a socket that was destroyed.
      if (abandoning > 0) setImmediate(() => socket.destroy())
      return socket
    },
    abandon() {
      abandoning += 1
      for (const socket of open) socket.destroy()
      return () => {
        abandoning -= 1
      }
    },
    require() {
      if (abandoning > 0)
        throw new StoreProblem(
          'unreachable',
          `The ${place} is not asked any more: this worker is ending, and got no answer.`,
        )
    },
  }
}
