#!/usr/bin/env python3
"""Runs every rank of a bundle on this machine, as a launcher would.

Each rank is a process of its own behind the bundle's entrypoint.sh, with the
host of its row of the rank map as its host's name. Prints how the ranks ended
and what they said, equal lines once, and ends with 0 if every rank did.
"""

import argparse
import collections
import csv
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bundle")
    parser.add_argument("libraries", help="folder of the stand-ins for NCCL and CUDA")
    parser.add_argument("--program", default="moe_selftest", help="of BUNDLE/build")
    parser.add_argument("--argument", action="append", default=[],
                        help="of the program; {host} is the rank's host")
    parser.add_argument("--timeout", type=int, default=60, help="MOE_TIMEOUT_S")
    parser.add_argument("--patience", type=int, default=2, help="seconds that ranks may end apart")
    parser.add_argument("--bytes", type=int, default=0, help="MOE_TEST_BYTES")
    parser.add_argument("--direct", action="store_true",
                        help="start the program itself, not entrypoint.sh")
    parser.add_argument("--missing", type=int, action="append", default=[], metavar="RANK")
    parser.add_argument("--late", type=int, metavar="RANK",
                        help="starts when those of --extra have ended, else after 2 s")
    parser.add_argument("--set", nargs=2, action="append", default=[],
                        metavar=("RANK", "NAME=VALUE"), help="a variable of one rank")
    parser.add_argument("--set-all", action="append", default=[], metavar="NAME=VALUE",
                        help="a variable of every rank; {gpu} is the rank's")
    parser.add_argument("--extra", nargs=2, action="append", default=[],
                        metavar=("RANK", "NAME=VALUE"),
                        help="one more process for a rank, started before all others")
    parser.add_argument("--noise", action="store_true",
                        help="others come to the port of the rendezvous all the time")
    parser.add_argument("--hold", action="store_true",
                        help="another program has the port for the first second")
    parser.add_argument("--bundle-of", nargs=2, action="append", default=[],
                        metavar=("RANK", "BUNDLE"), help="one rank runs another bundle")
    return parser.parse_args()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Noise(threading.Thread):
    """Comes to a port again and again, as a browser, as a scanner that says nothing,
    and with bytes that begin as those of a rank."""

    SAID = [b"GET / HTTP/1.0\r\n\r\n", b"", b"moe1\0\0\0\7" + b"\xff" * 40]

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port = port
        self.came = 0
        self.replies = set()
        self.open = []

    def run(self):
        while True:
            try:
                visit = socket.create_connection(("127.0.0.1", self.port), 1)
            except OSError:
                time.sleep(0.002)  # nobody listens yet, or any more
                continue
            said = self.SAID[self.came % len(self.SAID)]
            self.came += 1
            if said:
                self.converse(visit, said)
            else:
                self.open.append(visit)
            time.sleep(0.005)

    def converse(self, visit, said):
        try:
            visit.sendall(said)
            self.replies.add(visit.recv(200).decode("utf-8", "replace").strip())
        except OSError:
            pass  # the end of the job
        visit.close()


def hold(port):
    """Listens for a second, and answers nobody."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("0.0.0.0", port))
    holder.listen(100)
    threading.Timer(1, holder.close).start()


def rank_map(bundle):
    """Name of the host, and GPU, of every rank."""
    with open(os.path.join(bundle, "rankmap.csv"), encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {int(row["rank"]): ("node" + row["host"], row["gpu"]) for row in rows}


class Job:
    def __init__(self, options):
        self.options = options
        places = rank_map(options.bundle)
        self.hosts = {rank: host for rank, (host, _) in places.items()}
        self.gpus = {rank: gpu for rank, (_, gpu) in places.items()}
        self.folder = tempfile.TemporaryDirectory()
        self.hosts_file = os.path.join(self.folder.name, "hosts")
        with open(self.hosts_file, "w", encoding="utf-8") as file:
            file.writelines(name + "\n" for name in dict.fromkeys(self.hosts.values()))
        self.port = free_port()
        self.ranks = {}

    def command(self, rank, bundle):
        entry = [] if self.options.direct else [bundle + "/entrypoint.sh"]
        program = os.path.join(bundle, "build", self.options.program)
        arguments = [a.format(host=self.hosts[rank]) for a in self.options.argument]
        return entry + [program] + arguments

    def environment(self, rank):
        result = {
            "PATH": os.environ["PATH"],
            "LD_LIBRARY_PATH": self.options.libraries,
            "RANK": str(rank),
            "LOCAL_RANK": self.gpus[rank],
            "WORLD_SIZE": str(len(self.hosts)),
            "MASTER_ADDR": "127.0.0.1",
            "MOE_MASTER_PORT": str(self.port),
            "MOE_HOSTNAME": self.hosts[rank],
            "MOE_HOSTS_FILE": self.hosts_file,
            "MOE_TIMEOUT_S": str(self.options.timeout),
            "MOE_TEST_BYTES": str(self.options.bytes),
            "NCCL_HOSTID": self.hosts[rank],
        }
        result.update(setting.format(gpu=self.gpus[rank]).split("=", 1)
                      for setting in self.options.set_all)
        result.update(setting.split("=", 1) for of, setting in self.options.set
                      if int(of) == rank)
        return result

    def start_one(self, rank, bundle, extra, log):
        return subprocess.Popen(
            self.command(rank, bundle), env={**self.environment(rank), **extra},
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def start_extra(self):
        """Gives them time to be there first, at a port where nobody listens yet."""
        self.extra = {}
        for rank, setting in self.options.extra:
            path = os.path.join(self.folder.name, "extra-" + rank)
            with open(path, "wb") as log:
                self.extra[path] = self.start_one(int(rank), self.options.bundle,
                                                  dict([setting.split("=", 1)]), log)
        time.sleep(0.5 if self.extra else 0)

    def wait_for_extra(self):
        for process in self.extra.values():
            process.wait(timeout=60)
        if not self.extra:
            time.sleep(2)

    def print_extra(self):
        for path, process in self.extra.items():
            process.wait()
            with open(path, encoding="utf-8") as log:
                print("extra: exit %d: %s" % (process.returncode, log.read().strip()))

    def start(self):
        self.start_extra()
        bundles = {int(rank): bundle for rank, bundle in self.options.bundle_of}
        for rank in sorted(self.hosts, key=lambda rank: rank == self.options.late):
            if rank in self.options.missing:
                continue
            if rank == self.options.late:
                self.wait_for_extra()
            bundle = bundles.get(rank, self.options.bundle)
            with open(os.path.join(self.folder.name, "rank-%d" % rank), "wb") as log:
                self.ranks[rank] = self.start_one(rank, bundle, {}, log)

    def wait(self):
        """Exit code of every rank; None for one that had to be killed, because
        it still ran --patience after the last end, four seconds after the
        time-out."""
        codes = {}
        begin = ended = time.monotonic()
        while len(codes) < len(self.ranks):
            time.sleep(0.02)
            now = time.monotonic()
            for rank, process in self.ranks.items():
                if rank not in codes and process.poll() is not None:
                    codes[rank], ended = process.returncode, now
            if now - begin > self.options.timeout + 4 and now - ended > self.options.patience and (
                codes or now - begin > 3 * self.options.timeout
            ):
                break
        for rank, process in self.ranks.items():
            if rank not in codes:
                process.kill()
                process.wait()
                codes[rank] = None
        return codes

    def lines(self, rank):
        with open(os.path.join(self.folder.name, "rank-%d" % rank), encoding="utf-8") as log:
            return log.read().splitlines()


def ranks_text(ranks):
    """[0, 1, 2, 5] as "0-2 5"."""
    runs = []
    for rank in sorted(ranks):
        if runs and runs[-1][1] == rank - 1:
            runs[-1][1] = rank
        else:
            runs.append([rank, rank])
    return " ".join(str(a) if a == b else "%d-%d" % (a, b) for a, b in runs)


def main():
    options = arguments()
    job = Job(options)
    noise = Noise(job.port)
    if options.noise:
        noise.start()
    if options.hold:
        hold(job.port)
    begin = time.monotonic()
    job.start()
    codes = job.wait()
    print("%d ranks in %.1f s" % (len(codes), time.monotonic() - begin))
    by_code, by_line = collections.defaultdict(list), collections.defaultdict(list)
    for rank, code in sorted(codes.items()):
        by_code[code].append(rank)
        for line in job.lines(rank):
            # Each begins with the rank that speaks; what it says is compared.
            by_line[re.sub(r"^moe: rank %d \([^)]*\): " % rank, "", line)].append(rank)
    for code, ranks in sorted(by_code.items(), key=str):
        text = "did not end" if code is None else "exit %s" % code
        print("%s: ranks %s" % (text, ranks_text(ranks)))
    for line, ranks in by_line.items():
        print("ranks %s say: %s" % (ranks_text(ranks), line))
    job.print_extra()
    if options.noise:
        print("noise: %s; %s" % ("came" if noise.came > 2 else "did not come",
                                 sorted(noise.replies)))
    sys.exit(set(codes.values()) != {0})


if __name__ == "__main__":
    main()
