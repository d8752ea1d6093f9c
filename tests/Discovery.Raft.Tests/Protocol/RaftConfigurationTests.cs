using Discovery.Protocol;

namespace Discovery.Raft.Protocol;

public sealed class RaftConfigurationTests
{
    private static readonly RaftMember[] Three = [.. Enumerable.Range(1, 3).Select(static i => Member(i, MemberRole.Voter))];

    [Fact]
    public void Encode_OfEveryKind_IsReadBack()
    {
        RaftConfiguration[] all =
        [
            RaftConfiguration.Empty,
            RaftConfiguration.Of(Three.Reverse()),
            RaftConfiguration.Of(Three).JoinedBy([Three[0], Member(9, MemberRole.Learner), Member(4, MemberRole.Witness)]),
        ];
        foreach (RaftConfiguration configuration in all)
        {
            Assert.True(RaftConfiguration.TryDecode(configuration.Encode(), out RaftConfiguration read));
            Assert.Equal(configuration, read);
        }
    }

    [Fact]
    public void TryDecode_OfDamagedBytes_NeverThrows()
    {
        byte[] bytes = RaftConfiguration.Of(Three).JoinedBy([Three[0]]).Encode();
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(RaftConfiguration.TryDecode(bytes.AsSpan(0, length), out _));
        }

        var random = new Random(3);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (RaftConfiguration.TryDecode(damaged, out RaftConfiguration read))
            {
                Assert.Equal(damaged, read.Encode());
            }
        }
    }

    [Fact]
    public void JoinedBy_UntilSettled_CountsTheVotesOfBoth()
    {
        RaftConfiguration joint = RaftConfiguration.Of(Three).JoinedBy([Three[0], Member(4, MemberRole.Voter)]);
        Assert.True(joint.IsJoint);
        Assert.True(joint.Votes(Three[2].Id));
        Assert.True(joint.Votes(Member(4, MemberRole.Voter).Id));
        Assert.Equal(4, joint.Everybody().Length);
        RaftConfiguration settled = joint.Settled();
        Assert.False(settled.IsJoint);
        Assert.False(settled.Contains(Three[2].Id));
    }

    private static RaftMember Member(int number, MemberRole role)
    {
        byte[] id = new byte[16];
        id[15] = (byte)number;
        return new RaftMember(new VoterId(new Guid(id, bigEndian: true), new Guid(id, bigEndian: true)), role);
    }
}
