namespace Discovery.Sessions;

public sealed class LeaseBookTests
{
    private static readonly object Office = new();
    private static readonly SessionEntry Session = new()
    {
        Id = new Guid(1, 2, 3, new byte[8]),
        Node = "n1",
        Lease = TimeSpan.FromSeconds(10),
    };

    private readonly LeaseBook _book = new();

    [Fact]
    public void TryRenew_NoOfficeOrAnother_SaysNothing()
    {
        Assert.Null(_book.TryRenew(Office, Session, default));
        _book.Open(new object());
        _book.Add([Session], default);
        Assert.Null(_book.TryRenew(Office, Session, default));
        _book.Close();
        Assert.Null(_book.TryRenew(Office, Session, default));
    }

    [Fact]
    public void TryRenew_EndProposed_IsRefusedUntilTheBookIsOpenedAnew()
    {
        _book.Open(Office);
        _book.Add([Session], default);
        Assert.Empty(_book.TakeEnded(TimeSpan.FromSeconds(9.99), 10));
        Assert.Equal([Session.Id], _book.TakeEnded(TimeSpan.FromSeconds(10), 10));
        Assert.True(_book.IsEnding(Session.Id));
        Assert.False(_book.TryRenew(Office, Session, TimeSpan.FromSeconds(10)));
        Assert.Empty(_book.TakeEnded(TimeSpan.FromSeconds(99), 10));

        _book.Open(Office);
        _book.Add([Session], TimeSpan.FromSeconds(100));
        Assert.True(_book.TryRenew(Office, Session, TimeSpan.FromSeconds(105)));
        Assert.Empty(_book.TakeEnded(TimeSpan.FromSeconds(114), 10));
        Assert.Equal([Session.Id], _book.TakeEnded(TimeSpan.FromSeconds(115), 10));
    }

    [Fact]
    public void TakeEnded_Many_TakesAtMostSoMany()
    {
        SessionEntry[] sessions = [.. Enumerable.Range(0, 10).Select(static i => Session with { Id = new Guid(i, 0, 1, new byte[8]) })];
        _book.Open(Office);
        _book.Add(sessions, default);
        Assert.Equal(4, _book.TakeEnded(TimeSpan.FromSeconds(10), 4).Count);
        Assert.Equal(6, _book.TakeEnded(TimeSpan.FromSeconds(10), 40).Count);
        Assert.Null(_book.NextDue);
    }

    [Fact]
    public void Remove_ManyThatEndEarly_LeavesNoTimesBehind()
    {
        _book.Open(Office);
        for (int i = 0; i < 100_000; i++)
        {
            SessionEntry brief = Session with { Id = new Guid(i, 0, 2, new byte[8]), Lease = TimeSpan.FromDays(1) };
            _book.Begin(brief, default);
            _book.Remove(brief.Id);
        }

        _book.Begin(Session, default);
        Assert.InRange(_book.DueCount, 1, 2000);
        Assert.Equal([Session.Id], _book.TakeEnded(TimeSpan.FromSeconds(10), 10));
    }
}
