using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Transport;

public sealed class MessageCodecTests
{
    private static readonly VoterId s_from = Messages.Id(1);
    private static readonly VoterId s_to = Messages.Id(2);

    [Fact]
    public void Write_EachKind_GivesThePinnedBytes()
    {
        string[] golden =
        [
            "01" + N(7) + N(40) + N(6) + N(39) + N(77) + "03000000" + N(3) + "0203000000" + N(7) + "0100000000" + N(3) + "0205000000"
                + "6F6E65" + "7468726565",
            "01" + N(7) + N(40) + N(6) + N(39) + N(77) + "00000000",
            "02" + N(7) + N(43) + N(77),
            "03" + N(7) + N(40) + N(30) + N(5) + N(77),
            "04" + N(7) + N(39) + N(78),
            "05" + N(7) + N(78),
            "06" + N(8) + N(43) + N(7) + "0100",
            "07" + N(8) + "0101",
            "08" + N(7) + N(40) + N(6) + N(1) + N(79) + Convert.ToHexString(Messages.Configuration(1, 2).Encode()),
            "09" + N(7),
            "0A" + N(7) + N(12) + "01",
            "0B" + N(7) + N(12) + "01" + N(39),
        ];
        Assert.Equal(golden, Messages.OfEachKind(s_from, s_to).Select(static message => Convert.ToHexString(Encode(message))));
    }

    [Fact]
    public void TryRead_WhatWasWritten_GivesTheMessage()
    {
        foreach (RaftMessage message in Messages.OfEachKind(s_from, s_to))
        {
            Assert.True(MessageCodec.TryRead(Encode(message), s_from, s_to, out RaftMessage? read));
            Assert.Equal(Messages.Text(message), Messages.Text(read!));
        }
    }

    [Fact]
    public void TryRead_CutAnywhereOrLonger_IsFalse()
    {
        foreach (RaftMessage message in Messages.OfEachKind(s_from, s_to))
        {
            byte[] bytes = Encode(message);
            for (int length = 0; length < bytes.Length; length++)
            {
                Assert.False(MessageCodec.TryRead(bytes.AsSpan(0, length), s_from, s_to, out _), $"{message} cut to {length}");
            }

            Assert.False(MessageCodec.TryRead([.. bytes, 0], s_from, s_to, out _));
        }
    }

    [Fact]
    public void TryRead_AnyBytes_IsNoExceptionAndAllocatesNoMoreThanThereIs()
    {
        var random = new Random(5);
        RaftMessage[] messages = Messages.OfEachKind(s_from, s_to);
        int read = 0;
        for (int round = 0; round < 40_000; round++)
        {
            byte[] bytes = Encode(messages[random.Next(messages.Length)]);
            for (int damage = random.Next(4); damage >= 0; damage--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) switch { 0 => (byte)255, 1 => (byte)0, _ => (byte)random.Next(256) };
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            bool isRead = MessageCodec.TryRead(bytes, s_from, s_to, out RaftMessage? message);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000 + (10 * bytes.Length));
            if (isRead)
            {
                read++;
                Assert.Equal(bytes, Encode(message!));
            }
        }

        Assert.InRange(read, 1000, 39_000);
    }

    [Fact]
    public void TryRead_CountOfEntriesThatAreNotThere_IsFalseAndAllocatesNothing()
    {
        byte[] bytes = Convert.FromHexString("01" + N(7) + N(40) + N(6) + N(39) + N(77) + "FFFFFF7F" + N(0) + "0200000000");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(MessageCodec.TryRead(bytes, s_from, s_to, out _));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFF", "01000000", "0200000000")]
    [InlineData("0000000000000000", "01000000", "0000000000")]
    [InlineData("0000000000000000", "01000000", "0500000000")]
    [InlineData("0000000000000000", "01000000", "02FFFFFFFF")]
    [InlineData("0000000000000000", "FFFFFFFF", "0200000000")]
    public void TryRead_EntriesThatCannotBe_IsFalse(string previous, string count, string head) => Assert.False(MessageCodec.TryRead(
        Convert.FromHexString("01" + N(7) + previous + N(6) + N(39) + N(77) + count + N(3) + head), s_from, s_to, out _));

    [Fact]
    public void WriteHead_EntriesThatDoNotFollow_BreaksTheInvariant()
    {
        var append = new AppendRequest(s_from, s_to, 7, new LogPosition(40, 6), [Messages.Entry(42, "gap")], 39, 77);
        Assert.Throws<InvariantViolationException>(() => Encode(append));
    }

    [Fact]
    public void Proposal_Written_HasThePinnedBytesAndComesBack()
    {
        var client = new Guid("00000000-0000-0000-0000-0000000000aa");
        var proposal = new ForwardedProposal(EntryKind.Restore, 0x0102, client, 9, "body"u8.ToArray());
        using var into = new WireBuffer();
        ProposalCodec.WriteHead(300, proposal, into);
        into.Write(proposal.Body.Span);
        Assert.Equal(
            N(300) + "04" + "0201" + "000000000000000000000000000000AA" + N(9) + "626F6479", Convert.ToHexString(into.WrittenSpan));
        Assert.True(ProposalCodec.TryRead(into.WrittenSpan, out ulong id, out ForwardedProposal read));
        Assert.Equal((300UL, proposal with { Body = default }), (id, read with { Body = default }));
        Assert.Equal(proposal.Body.ToArray(), read.Body.ToArray());
        Assert.False(ProposalCodec.TryRead(into.WrittenSpan[..34], out _, out _));
        byte[] configuration = into.WrittenSpan.ToArray();
        configuration[8] = (byte)EntryKind.Configuration;
        Assert.False(ProposalCodec.TryRead(configuration, out _, out _));
    }

    [Fact]
    public void Answer_Written_HasThePinnedBytesAndComesBack()
    {
        (ProposalResult Result, string Bytes)[] answers =
        [
            (ProposalResult.Applied(new CommandOutcome(77, CommandStatus.SequenceEvicted, "ok"u8.ToArray())), "000004" + N(77) + "6F6B"),
            (ProposalResult.NotApplied(ProposalRefusal.Overloaded), "010300" + N(0)),
            (ProposalResult.Unknown(ProposalRefusal.LeadershipLost), "020200" + N(0)),
            (ProposalResult.NotApplied(ProposalRefusal.UnknownCommand), "010800" + N(0)),
        ];
        foreach ((ProposalResult result, string bytes) in answers)
        {
            using var into = new WireBuffer();
            ProposalCodec.WriteAnswerHead(5, result, into);
            into.Write(result.Command.Result.Span);
            Assert.Equal(N(5) + bytes, Convert.ToHexString(into.WrittenSpan));
            Assert.True(ProposalCodec.TryReadAnswer(into.WrittenSpan, out ulong id, out ProposalResult read));
            Assert.Equal((5UL, result.Outcome, result.Refusal), (id, read.Outcome, read.Refusal));
            Assert.Equal((result.Command.Index, result.Command.Status), (read.Command.Index, read.Command.Status));
            Assert.Equal(result.Command.Result.ToArray(), read.Command.Result.ToArray());
        }

        Assert.False(ProposalCodec.TryReadAnswer(Convert.FromHexString(N(5) + "030000" + N(0)), out _, out _));
        Assert.False(ProposalCodec.TryReadAnswer(Convert.FromHexString(N(5) + "000900" + N(0)), out _, out _));
        Assert.False(ProposalCodec.TryReadAnswer(Convert.FromHexString(N(5) + "000006" + N(0)), out _, out _));
    }

    private static byte[] Encode(RaftMessage message)
    {
        using var into = new WireBuffer();
        MessageCodec.WriteHead(message, into);
        foreach (LogEntry entry in (message as AppendRequest)?.Entries ?? [])
        {
            into.Write(entry.Body.Span);
        }

        return into.WrittenSpan.ToArray();
    }

    private static string N(ulong value) => Convert.ToHexString(BitConverter.GetBytes(value));
}
