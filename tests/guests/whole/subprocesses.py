import asyncio, hashlib, multiprocessing, os, sqlite3, subprocess
from concurrent.futures import ThreadPoolExecutor


def square(queue, n):
    queue.put(n * n)


print(subprocess.run(['sort', '-r'], input='a\nc\nb\n', capture_output=True, text=True).stdout)
p = subprocess.Popen('cat; echo err >&2; exit 4', shell=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                     stderr=subprocess.PIPE)
print(p.communicate(b'xyz'), p.returncode)
try:
    subprocess.run(['sleep', '5'], timeout=0.2)
except subprocess.TimeoutExpired:
    print('timeout')
p = subprocess.Popen(['sleep', '100'])
p.terminate()
print(p.wait())
context = multiprocessing.get_context('fork')
queue = context.Queue()
processes = [context.Process(target=square, args=(queue, i)) for i in range(3)]
for p in processes:
    p.start()
print(sorted(queue.get() for _ in processes), [p.join() for p in processes])
with ThreadPoolExecutor(4) as pool:
    print(list(pool.map(lambda x: x * 2, range(5))))


async def tell():
    p = await asyncio.create_subprocess_exec('echo', 'async', stdout=subprocess.PIPE)
    print((await p.communicate())[0])


asyncio.run(tell())
print(hashlib.sha256(b'x' * 10000).hexdigest())
db = sqlite3.connect(':memory:')
db.execute('create table t(a)')
db.executemany('insert into t values(?)', [(i,) for i in range(100)])
print(db.execute('select sum(a) from t').fetchone())
