"""The networks of the bench as a user of PyTorch writes them: chunks folded into the batch."""

import torch
from torch import nn

from protocol import ripples, serve, task


def blocks():
    channels = 1
    for filters, pool, dropout in zip([64, 64, 128, 128], [2, 4, 4, 4], [0.3, 0.3, 0.4, 0.4]):
        yield nn.Conv2d(channels, filters, 3, padding="same")
        yield nn.BatchNorm2d(filters, eps=1e-3)
        yield nn.ELU()
        yield nn.MaxPool2d(pool, ceil_mode=True)
        yield nn.Dropout(dropout)
        channels = filters
    yield nn.Flatten()


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            *blocks(),
            nn.Linear(256, 64),
            nn.Dropout(0.5),
            nn.BatchNorm1d(64, eps=1e-3),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(64, 8),
        )

    def forward(self, x):  # (batch, 1, bands, frames)
        return self.layers(x)


class CnnLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(*blocks())
        self.lstm = nn.LSTM(256, 256, batch_first=True)
        self.head = nn.Linear(256, 8)

    def forward(self, x):  # (batch, chunks, bands, frames)
        batch, chunks, bands, frames = x.shape
        features = self.blocks(x.reshape(batch * chunks, 1, bands, frames))
        states, _ = self.lstm(features.reshape(batch, chunks, -1))
        return self.head(states[:, -1])


def count_parameters(model):
    """Weights and moving averages. PyTorch keeps an LSTM's bias in two parts that are added: counted as the one it is."""
    tensors = {name: tensor.numel() for name, tensor in model.state_dict().items()}
    return sum(size for name, size in tensors.items() if "num_batches_tracked" not in name and "bias_hh" not in name)


def main():
    settings = task()
    torch.set_num_threads(settings["threads"])
    torch.manual_seed(1)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = {"cnn": Cnn, "cnn-lstm": CnnLstm}[settings["model"]]()
    model = model.to(device, memory_format=torch.channels_last).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=settings["learningRate"])
    cross_entropy = nn.CrossEntropyLoss()
    features, labels = ripples(settings)

    def step():
        x = torch.from_numpy(features).to(device)
        y = torch.from_numpy(labels).to(device)
        optimizer.zero_grad()
        loss = cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    name = torch.cuda.get_device_name() if device.type == "cuda" else "CPU"
    serve(step, count_parameters(model), name, {"pytorch": torch.__version__})


main()
