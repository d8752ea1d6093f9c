namespace Discovery.Events;

public sealed class UserEventCodecTests
{
    // Sent by a real Consul 1.8.7.
    private const string Captured =
        "85a24944d92438313936383632622d653238662d386531662d663736372d336431316232336163613966a16ea66465706c6f79a170c4087061796c6f616431"
        + "a27366a3776562a17601";

    private static readonly UserEvent s_event = new()
    {
        Id = Guid.Parse("8196862b-e28f-8e1f-f767-3d11b23aca9f"),
        Name = "deploy",
        Payload = "payload1"u8.ToArray(),
        Filter = new UserEventFilter { Service = "web" },
    };

    [Fact]
    public void Encode_AnEvent_IsByteForByteConsuls() => Assert.Equal(Captured, Hex(UserEventCodec.Encode(s_event)));

    [Fact]
    public void TryDecode_ConsulsBytes_IsTheEventAtItsTime()
    {
        Assert.True(UserEventCodec.TryDecode(new UserEventMessage(7, "deploy", Convert.FromHexString(Captured)), out UserEvent read));
        Assert.Equal((s_event.Id, "deploy", s_event.Filter, 1, 7ul), (read.Id, read.Name, read.Filter, read.Version, read.LamportTime));
        Assert.Equal("payload1"u8.ToArray(), read.Payload.ToArray());
    }

    [Fact]
    public void TryDecode_AllFields_AreThoseThatWereEncoded()
    {
        var filter = new UserEventFilter { Node = "n", Service = "s", Tag = "é" };
        byte[] bytes = UserEventCodec.Encode(s_event with { Filter = filter, Payload = default, Version = 2 });
        Assert.True(UserEventCodec.TryDecode(new UserEventMessage(1, "", bytes), out UserEvent read));
        Assert.Equal((filter, 0, 2), (read.Filter, read.Payload.Length, read.Version));
    }

    [Theory]
    [InlineData("")]
    [InlineData("c1c1")]
    [InlineData("80")]
    [InlineData("81a24944a178")]
    [InlineData("81a2494407")]
    public void TryDecode_WhatIsNoEvent_IsFalse(string hex) =>
        Assert.False(UserEventCodec.TryDecode(new UserEventMessage(1, "x", Convert.FromHexString(hex)), out _));

    [Fact]
    public void TryDecode_EveryPrefixAndEveryFlippedByte_NeverThrows()
    {
        byte[] whole = Convert.FromHexString(Captured);
        for (int i = 0; i < whole.Length; i++)
        {
            UserEventCodec.TryDecode(new UserEventMessage(1, "x", whole.AsMemory(0, i)), out _);
            for (int flip = 1; flip < 256; flip++)
            {
                byte[] wrong = [.. whole];
                wrong[i] ^= (byte)flip;
                UserEventCodec.TryDecode(new UserEventMessage(1, "x", wrong), out _);
            }
        }
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
