/** Answers every request as Senio does, and prints its port. */
import { createServer } from 'node:http';

const ANSWER = '{"timestamp":1474383378795,"data":{"temp":22,"humidity":50.5},"tags":null}';

const server = createServer((request, response) => {
  request.resume().once('end', () => {
    const { method } = request;
    response.writeHead(method === 'POST' ? 201 : 200, {
      'Content-Type': 'application/json',
      'Content-Length': ANSWER.length,
    });
    response.end(ANSWER);
  });
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify(server.address())));
