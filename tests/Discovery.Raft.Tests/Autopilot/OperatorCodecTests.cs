namespace Discovery.Autopilot;

public sealed class OperatorCodecTests
{
    private static readonly ClusterServer s_server = new(
        new Guid("00000000-0000-0000-0000-000000000001"), "s1", "h:1", ServerRole.Witness, IsLeader: true);

    [Fact]
    public void Configuration_Encoded_IsReadAgain()
    {
        byte[] bytes = OperatorCodec.Encode(new ClusterConfiguration([s_server, s_server], 7, IsChanging: true));
        Assert.True(OperatorCodec.TryRead(bytes, out ClusterConfiguration read));
        Assert.Equal((7UL, true), (read.Index, read.IsChanging));
        Assert.Equal([s_server, s_server], read.Servers);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(OperatorCodec.TryRead(bytes.AsSpan(0, length), out read));
        }
    }

    [Fact]
    public void Health_Encoded_IsReadAgain()
    {
        var health = new ServerHealth
        {
            Server = s_server,
            IsHealthy = true,
            Status = MemberStatus.Failed,
            LastContact = TimeSpan.FromMilliseconds(3),
            LastTerm = 4,
            LastIndex = 5,
            StableSince = DateTimeOffset.UnixEpoch,
        };
        byte[] bytes = OperatorCodec.Encode(new ClusterHealth(true, 2, true, [health, health with { LastContact = null }]));
        Assert.True(OperatorCodec.TryRead(bytes, out ClusterHealth read));
        Assert.Equal((true, 2, true), (read.IsHealthy, read.FailureTolerance, read.IsSingleCopy));
        Assert.Equal([health, health with { LastContact = null }], read.Servers);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(OperatorCodec.TryRead(bytes.AsSpan(0, length), out read));
        }
    }

    [Fact]
    public void Refusal_Encoded_IsTheExceptionAgain()
    {
        var refusal = new DiscoveryException(DiscoveryError.NotFound, "no such", WriteOutcome.Unknown);
        DiscoveryException? read = OperatorCodec.TryReadRefusal(OperatorCodec.Refusal(refusal), out bool isAnswer);
        Assert.True(isAnswer);
        Assert.Equal((refusal.Error, refusal.Message, refusal.WriteOutcome), (read!.Error, read.Message, read.WriteOutcome));
        Assert.Null(OperatorCodec.TryReadRefusal(OperatorCodec.Done(), out isAnswer));
        Assert.True(isAnswer);
        Assert.Null(OperatorCodec.TryReadRefusal([], out isAnswer));
        Assert.False(isAnswer);
    }
}
