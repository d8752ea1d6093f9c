using System.Buffers.Binary;
using System.Numerics;
using Discovery.Wire;

namespace Discovery.Shared.Tests;

public class RowHashTests
{
    [Theory]
    [InlineData(0, 0UL, 0xe39402adea1a1765UL)]
    [InlineData(0, 1UL, 0xd4f34506e6809730UL)]
    [InlineData(0, 0xffffffffffffffffUL, 0x45521671035cbd87UL)]
    [InlineData(1, 0UL, 0x417788a813ff5377UL)]
    [InlineData(1, 1UL, 0x2547df625340f561UL)]
    [InlineData(1, 0xffffffffffffffffUL, 0x720d5bd0f50398d8UL)]
    [InlineData(2, 0UL, 0x1077a5282fd89f2dUL)]
    [InlineData(3, 0UL, 0x61c57a21a5d15c4fUL)]
    [InlineData(4, 0UL, 0xed95772bc1ea2348UL)]
    [InlineData(7, 0UL, 0x3b227fa3f6144283UL)]
    [InlineData(8, 0UL, 0x88bb77d2eb3579d2UL)]
    [InlineData(9, 0UL, 0xeabd65631244babdUL)]
    [InlineData(15, 0UL, 0x6950f032c3f0b23aUL)]
    [InlineData(16, 0UL, 0x4eeab89f6af8a7d1UL)]
    [InlineData(16, 1UL, 0x64825878f7c4233cUL)]
    [InlineData(16, 0xffffffffffffffffUL, 0x45ad41581d72fc7eUL)]
    [InlineData(17, 0UL, 0xe6f2245340d26195UL)]
    [InlineData(31, 0UL, 0x3d6c3cfcdcf290daUL)]
    [InlineData(32, 0UL, 0xeb408c4a92bebeeaUL)]
    [InlineData(33, 0UL, 0x724f6c3d468edf33UL)]
    [InlineData(48, 0UL, 0xadb4f4308765359fUL)]
    [InlineData(49, 0UL, 0xb7e8430fefdd4198UL)]
    [InlineData(64, 0UL, 0xe9afc99e11a2c15aUL)]
    [InlineData(65, 0UL, 0xc7d2bb2ae36b317aUL)]
    [InlineData(65, 1UL, 0xe061543e13db0e2bUL)]
    [InlineData(65, 0xffffffffffffffffUL, 0x24747dc5ecf0683dUL)]
    [InlineData(96, 0UL, 0xa149736fdcfe312fUL)]
    [InlineData(97, 0UL, 0x9bd0be8019d179c1UL)]
    [InlineData(150, 0UL, 0x26fae9707268453cUL)]
    [InlineData(150, 1UL, 0x82cee4226c7b52d2UL)]
    [InlineData(150, 0xffffffffffffffffUL, 0xddbdf5f1eacdb8e1UL)]
    [InlineData(255, 0UL, 0xa318f8ac865239b3UL)]
    [InlineData(1000, 0UL, 0x01bd64085ca38fe3UL)]
    public void Compute_PinnedInput_GivesPinnedHash(int length, ulong seed, ulong expected) =>
        Assert.Equal(expected, RowHash.Compute(Ramp(length), seed));

    [Fact]
    public void Compute_EveryLengthTo300_HasItsOwnHash()
    {
        var seen = new HashSet<ulong>();
        for (int length = 0; length <= 300; length++)
        {
            Assert.True(seen.Add(RowHash.Compute(new byte[length])));
            Assert.True(seen.Add(RowHash.Compute(new byte[length], seed: 1)));
        }
    }

    [Fact]
    public void Compute_MillionSimilarRows_NoCollision()
    {
        var hashes = new ulong[1_000_000];
        var row = new byte[150];
        "web-000000\0node-0000\0passing"u8.CopyTo(row);
        for (int i = 0; i < hashes.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(row.AsSpan(40 + (4 * (i % 27))), i);
            hashes[i] = RowHash.Compute(row);
            BinaryPrimitives.WriteInt32LittleEndian(row.AsSpan(40 + (4 * (i % 27))), 0);
        }

        Array.Sort(hashes);
        for (int i = 1; i < hashes.Length; i++)
        {
            // Row 0 writes zeros, as an untouched row has; every other one differs from all the rest.
            Assert.NotEqual(hashes[i - 1], hashes[i]);
        }
    }

    [Fact]
    public void Compute_MillionCounters_NoCollisionInUpperNorLowerBitsBeyondChance()
    {
        const int count = 1_000_000;
        var hashes = new ulong[count];
        var key = new byte[12];
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(8), i);
            hashes[i] = RowHash.Compute(key);
        }

        Assert.Equal(count, new HashSet<ulong>(hashes).Count);

        // A million random values in 2^32 places collide about 116 times.
        Assert.InRange(count - new HashSet<uint>(hashes.Select(h => (uint)h)).Count, 60, 180);
        Assert.InRange(count - new HashSet<uint>(hashes.Select(h => (uint)(h >> 32))).Count, 60, 180);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(40)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(150)]
    [InlineData(300)]
    public void Compute_OneBitFlipped_ChangesEveryOutputBitHalfTheTime(int length)
    {
        var random = new Random(length);
        var data = new byte[length];
        var flips = new int[64];
        int trials = 0;
        for (int round = 0; round < 4000 / length + 40; round++)
        {
            random.NextBytes(data);
            ulong seed = (ulong)random.NextInt64();
            ulong before = RowHash.Compute(data, seed);
            for (int bit = 0; bit < length * 8; bit++)
            {
                data[bit >> 3] ^= (byte)(1 << (bit & 7));
                ulong changed = before ^ RowHash.Compute(data, seed);
                data[bit >> 3] ^= (byte)(1 << (bit & 7));
                trials++;
                Assert.InRange(BitOperations.PopCount(changed), 6, 58);
                for (int output = 0; output < 64; output++)
                {
                    flips[output] += (int)(changed >> output) & 1;
                }
            }
        }

        foreach (int flipped in flips)
        {
            Assert.InRange((double)flipped / trials, 0.48, 0.52);
        }
    }

    [Fact]
    public void Compute_SeedBitFlipped_ChangesAboutHalfTheBits()
    {
        byte[] data = Ramp(150);
        long total = 0;
        for (int bit = 0; bit < 64; bit++)
        {
            total += BitOperations.PopCount(RowHash.Compute(data) ^ RowHash.Compute(data, 1UL << bit));
        }

        Assert.InRange(total / 64.0, 28, 36);
    }

    [Fact]
    public void Compute_WordsThatCancelTheConstants_StillDependOnTheirNeighbours()
    {
        ulong[] constants = [0x6a09e667f3bcc90b, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1];
        var seen = new HashSet<ulong>();
        foreach (ulong constant in constants)
        {
            for (int place = 0; place < 96; place += 8)
            {
                var data = new byte[96];
                BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(place), constant);
                for (int neighbour = 0; neighbour < 96; neighbour++)
                {
                    if (neighbour >= place && neighbour < place + 8)
                    {
                        continue;
                    }

                    data[neighbour] = 1;
                    Assert.True(seen.Add(RowHash.Compute(data)));
                    data[neighbour] = 0;
                }
            }
        }
    }

    private static byte[] Ramp(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)i)];
}
