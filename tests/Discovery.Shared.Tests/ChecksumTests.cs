using System.Buffers.Binary;
using System.Text;
using Discovery.Wire;

namespace Discovery.Shared.Tests;

public class ChecksumTests(PythonOracle oracle) : IClassFixture<PythonOracle>
{
    [Fact]
    public void Compute_CheckString_GivesPublishedValues()
    {
        Assert.Equal(0xcbf43926u, Crc32.Compute("123456789"u8));
        Assert.Equal(0xe3069283u, Crc32C.Compute("123456789"u8));
        Assert.Equal(0u, Crc32.Compute([]));
        Assert.Equal(0u, Crc32C.Compute([]));
    }

    // RFC 3720, appendix B.4.
    [Fact]
    public void Crc32C_VectorsOfRfc3720_Match()
    {
        Assert.Equal(0x8a9136aau, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62a8ab43u, Crc32C.Compute([.. Enumerable.Repeat((byte)0xff, 32)]));
        Assert.Equal(0x46dd794eu, Crc32C.Compute([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0x113fdb5cu, Crc32C.Compute([.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))]));
    }

    // A packet of a real peer: type 12, the checksum of the rest, the rest.
    [Fact]
    public void Crc32_GossipPacket_Matches()
    {
        byte[] packet = Convert.FromHexString("0c3f8b6d17080182a54c54696d6501a44e6f6465a26e32");
        Assert.Equal(BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(1)), Crc32.Compute(packet.AsSpan(5)));
    }

    [Fact]
    public void Append_AnySplit_GivesTheWhole()
    {
        byte[] data = Encoding.ASCII.GetBytes("The quick brown fox jumps over the lazy dog, twice.");
        for (int split = 0; split <= data.Length; split++)
        {
            Assert.Equal(Crc32.Compute(data), Crc32.Append(Crc32.Compute(data.AsSpan(0, split)), data.AsSpan(split)));
            Assert.Equal(Crc32C.Compute(data), Crc32C.Append(Crc32C.Compute(data.AsSpan(0, split)), data.AsSpan(split)));
        }
    }

    [SkippableFact]
    public void Compute_RandomData_MatchesPython()
    {
        oracle.Require();
        var random = new Random(3);
        List<byte[]> items = [.. Enumerable.Range(0, 1500).Select(i =>
        {
            var data = new byte[i < 100 ? i : random.Next(600)];
            random.NextBytes(data);
            return data;
        })];
        List<byte[]> answers = oracle.Ask('s', items);
        Assert.Equal(items.Count, answers.Count);
        for (int i = 0; i < items.Count; i++)
        {
            Assert.Equal(BinaryPrimitives.ReadUInt32BigEndian(answers[i]), Crc32.Compute(items[i]));
            Assert.Equal(BinaryPrimitives.ReadUInt32BigEndian(answers[i].AsSpan(4)), Crc32C.Compute(items[i]));
        }
    }

    [SkippableFact]
    public void RowHash_RandomData_MatchesTheSameHashInBigIntegers()
    {
        oracle.Require();
        var random = new Random(4);
        List<byte[]> items = [.. Enumerable.Range(0, 2000).Select(i =>
        {
            var data = new byte[8 + (i % 400)];
            random.NextBytes(data);
            return data;
        })];
        List<byte[]> answers = oracle.Ask('h', items);
        Assert.Equal(items.Count, answers.Count);
        for (int i = 0; i < items.Count; i++)
        {
            ulong seed = BinaryPrimitives.ReadUInt64BigEndian(items[i]);
            Assert.Equal(BinaryPrimitives.ReadUInt64BigEndian(answers[i]), RowHash.Compute(items[i].AsSpan(8), seed));
        }
    }
}
