"""gpu_matrices.py FOLDER: what nvidia-smi topo -m prints on nodes of several kinds.

The facts are of outputs that people have published, printed as the tool does: tabs,
an underlined header, blanks around X.
  h100      HGX H100, adapter 3 of storage beside that of GPU0 (vllm-project/vllm#6746)
  a100      HGX A100, two GPUs on a PCIe switch with two adapters, an older driver
            (deepseek-ai/DeepEP, an issue with gdrcopy figures)
  gb200     compute tray of an NVL72: the tool relates no adapter to a GPU ("RHEL4NV
            Demo", OpenShift 4.21 on GB200)
  b200off   B200 with GPU2 off NVLink (vllm-project/vllm#16336)
  pairs     four GPUs with NVLink bridges, one adapter near two (an issue of vLLM on
            OPT-2.7B)
"""

import os
import sys

LEGEND = """
Legend:

  X    = Self
  NV#  = Connection traversing a bonded set of # NVLinks

NIC Legend:

"""


def matrix(gpus, nics, gpu_cell, nic_cell, cores, numa, numa_id=True):
    """The text; cells by functions of (GPU, GPU) and (GPU, adapter)."""
    header = ["GPU%d" % i for i in range(gpus)] + ["NIC%d" % i for i in range(nics)]
    tail = "CPU Affinity\tNUMA Affinity" + ("\tGPU NUMA ID" if numa_id else "")
    text = "\t\x1b[4m" + "\t".join(header) + "\t" + tail + "\x1b[0m\n"
    for i in range(gpus):
        cells = [" X " if i == j else gpu_cell(i, j) for j in range(gpus)]
        cells += [nic_cell(i, j) for j in range(nics)]
        text += "GPU%d\t%s\t%s\t%s%s\n" % (
            i, "\t".join(cells), cores(i), numa(i), "\t\tN/A" if numa_id else "")
    for i in range(nics):
        cells = [nic_cell(j, i) for j in range(gpus)]
        cells += [" X " if i == j else "NODE" for j in range(nics)]
        text += "NIC%d\t%s\n" % (i, "\t".join(cells))
    return text + LEGEND + "".join("  NIC%d: mlx5_%d\n" % (i, i) for i in range(nics))


def all_joined(links):
    return lambda i, j: "NV%d" % links


H100_NIC = [0, 3, 4, 5, 6, 9, 10, 11]
CORES = ["0-55,112-167", "56-111,168-223"]


def of_own(nic, own, half):
    """PXB to the GPU's own, NODE on its side of the machine, SYS beyond."""
    return lambda i, j: ("PXB" if j == nic[i] else "NODE" if i // own == j // half else "SYS")


MATRICES = {
    "h100": matrix(8, 12, all_joined(18), of_own(H100_NIC, 4, 6), lambda i: CORES[i // 4],
                   lambda i: str(i // 4)),
    "a100": matrix(8, 8, all_joined(12),
                   lambda i, j: "PXB" if i // 2 == j // 2 else "NODE" if i // 4 == j // 4 else "SYS",
                   lambda i: ["0-31,64-95", "32-63,96-127"][i // 4], lambda i: str(i // 4), False),
    "gb200": matrix(4, 8, all_joined(18), lambda i, j: "SYS",
                    lambda i: ["0-71", "72-143"][i // 2], lambda i: ["0,2-17", "1,18-33"][i // 2]),
    "b200off": matrix(8, 8, lambda i, j: "NODE" if 2 in (i, j) else "NV18",
                      of_own([0, 1, 2, 3, 4, 5, 6, 7], 4, 4), lambda i: CORES[i // 4],
                      lambda i: str(i // 4)),
    "pairs": matrix(4, 1, lambda i, j: "NV4" if i // 2 == j // 2 else "SYS",
                    lambda i, j: ["SYS", "SYS", "PXB", "PIX"][i],
                    lambda i: ["0-23,48-71", "24-47,72-95"][i // 2], lambda i: str(i // 2)),
}

if __name__ == "__main__":
    for name, text in MATRICES.items():
        with open(os.path.join(sys.argv[1], name + ".txt"), "w", encoding="utf-8") as file:
            file.write(text)
