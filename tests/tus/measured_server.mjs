// @tus/server with @tus/file-store as they come, in two processes: what our uploads are measured
// beside. Usage: node measured_server.mjs <folder> <port>
import cluster from 'node:cluster'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'

const [folder, port] = process.argv.slice(2)
if (cluster.isPrimary) {
  cluster.fork()
  cluster.fork()
} else {
  const server = new Server({ path: '/files', datastore: new FileStore({ directory: folder }) })
  server.listen({ host: '127.0.0.1', port: Number(port) })
}
