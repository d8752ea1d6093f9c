using System.Buffers;
using Discovery.State;

namespace Discovery.Core.Tests.State;

public sealed class CommandEnvelopeTests
{
    private const string Golden =
        "01" + "0807060504030201" + "00003856A111D408" + "00112233445566778899AABBCCDDEEFF" + "1817161514131211" + "0280" + "CAFE";

    private static readonly CommandEnvelope Example = new(
        new TimeSpan(0x0102030405060708),
        new DateTimeOffset(2016, 11, 21, 0, 0, 0, TimeSpan.Zero),
        new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        0x1112131415161718,
        0x8002,
        new byte[] { 0xCA, 0xFE });

    [Fact]
    public void WriteTo_Example_IsPinned()
    {
        ArrayBufferWriter<byte> bytes = new();
        Example.WriteTo(bytes);
        Assert.Equal(Golden, Convert.ToHexString(bytes.WrittenSpan));
        Assert.Equal(CommandEnvelope.HeaderBytes + 2, bytes.WrittenCount);
    }

    [Fact]
    public void Stamp_OfOneWithOtherTimes_MakesItTheExample()
    {
        byte[] bytes = (Example with { ClusterTime = TimeSpan.Zero, WallTime = DateTimeOffset.MinValue }).ToArray();
        Assert.NotEqual(Golden, Convert.ToHexString(bytes));
        CommandEnvelope.Stamp(bytes, Example.ClusterTime, Example.WallTime);
        Assert.Equal(Golden, Convert.ToHexString(bytes));
        Assert.Equal(Golden, Convert.ToHexString(Example.ToArray()));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => CommandEnvelope.Stamp(bytes.AsSpan(1, CommandEnvelope.HeaderBytes - 1), Example.ClusterTime, Example.WallTime));
    }

    [Fact]
    public void TryRead_Golden_IsTheExample()
    {
        Assert.True(CommandEnvelope.TryRead(Convert.FromHexString(Golden), out CommandEnvelope read));
        Assert.Equal(Example with { Body = default }, read with { Body = default });
        Assert.Equal(Example.Body.ToArray(), read.Body.ToArray());
    }

    [Fact]
    public void TryRead_EveryTruncationOfTheHeader_IsFalse()
    {
        byte[] bytes = Convert.FromHexString(Golden);
        for (int length = 0; length < CommandEnvelope.HeaderBytes; length++)
        {
            Assert.False(CommandEnvelope.TryRead(bytes.AsMemory(0, length), out _));
        }

        Assert.True(CommandEnvelope.TryRead(bytes.AsMemory(0, CommandEnvelope.HeaderBytes), out _));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 2)]
    [InlineData(8, 0x80)]
    [InlineData(16, 0x7F)]
    public void TryRead_UnknownVersionOrImpossibleTime_IsFalse(int position, byte value)
    {
        byte[] bytes = Convert.FromHexString(Golden);
        bytes[position] = value;
        Assert.False(CommandEnvelope.TryRead(bytes, out _));
    }

    [Fact]
    public void SystemCommands_IdsAndBodies_ArePinned()
    {
        ushort[] ids =
        [
            SystemCommand.NoOperation, SystemCommand.BeginLineage, SystemCommand.OpenClient, SystemCommand.RaiseSchema,
            SystemCommand.ReapTopics,
        ];
        Assert.Equal([0x0001, 0x0002, 0x0003, 0x0004, 0x0005], ids);
        Guid id = new("00112233-4455-6677-8899-aabbccddeeff");
        Assert.Equal("00112233445566778899AABBCCDDEEFF", Convert.ToHexString(SystemCommands.EncodeGuid(id)));
        Assert.Equal("02000000" + "6B76", Convert.ToHexString(SystemCommands.EncodeRaiseSchema("kv", 2)));
        Assert.Equal("0807060504030201" + "00040000", Convert.ToHexString(SystemCommands.EncodeReapTopics(0x0102030405060708, 1024)));
    }

    [Fact]
    public void CommandStatus_Values_ArePinned() => Assert.Equal(
        ["Applied=0", "ModuleFailed=1", "MalformedBody=2", "UnknownClient=3", "SequenceEvicted=4", "TooManyChanges=5"],
        Enum.GetValues<CommandStatus>().Select(status => $"{status}={(int)status}"));
}
