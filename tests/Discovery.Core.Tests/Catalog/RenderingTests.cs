using System.Runtime.CompilerServices;

namespace Discovery.Catalog;

public sealed class RenderingTests
{
    private static readonly Rendering<byte[]> Json = new("json", static bytes => bytes.Length);
    private static readonly Rendering<string> Names = new("names", static text => text.Length * 2);
    private readonly EncodedCatalog _parts = new();

    public RenderingTests()
    {
        _parts.Begin();
        for (int i = 0; i < 40; i++)
        {
            _parts.Apply(Make.Register("n1", $"web{i:D2}", "web"));
        }
    }

    [Fact]
    public void Render_AskedAgain_IsTheSameObjectAndAllocatesNothing()
    {
        ServiceView view = _parts.Views.Find("web");
        int made = 0;
        Func<ServiceView, byte[]> make = _ => new byte[100 + made++];
        byte[] first = view.Render(Json, make);
        Assert.Equal("web00", view.Render(Names, static one => one.All[0].Id));
        byte[] instance = view.All[0].Render(Json, static _ => new byte[10]);
        Assert.Equal((100, 1), (first.Length, made));
        Assert.Equal(3 * RenderingBudget.CellBytes + 100 + 10 + 10, _parts.Budget.Bytes);
        Func<ServiceInstance, byte[]> never = static _ => [];
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool isSame = true;
        for (int i = 0; i < 1000; i++)
        {
            isSame &= ReferenceEquals(first, view.Render(Json, make)) && ReferenceEquals(instance, view.All[0].Render(Json, never));
        }

        Assert.Equal((true, 0), (isSame, GC.GetAllocatedBytesForCurrentThread() - before));
        Assert.Equal(1, made);
    }

    [Fact]
    public void Render_AfterAChangeOfOneInstance_IsMadeAnewForThatAndForTheViewOnly()
    {
        ServiceView before = _parts.Views.Find("web");
        int made = 0;
        Func<ServiceInstance, byte[]> make = _ => new byte[++made];
        byte[][] rendered = [.. before.All.Select(one => one.Render(Json, make))];
        before.Render(Json, static _ => [1]);
        _parts.Apply(Make.Register("n1", "web05", "web", port: 81));
        ServiceView after = _parts.Views.Find("web");
        Assert.Equal([2], after.Render(Json, static _ => [2]));
        byte[][] again = [.. after.All.Select(one => one.Render(Json, make))];
        Assert.Equal(41, made);
        Assert.Equal([5], Enumerable.Range(0, 40).Where(i => !ReferenceEquals(rendered[i], again[i])));
    }

    [Fact]
    public void Render_BeyondTheBudget_LetsGoOfTheOldestThatNobodyUsed()
    {
        int size = (1024 * 1024 / 32) - RenderingBudget.CellBytes;
        IReadOnlyList<ServiceInstance> all = _parts.Views.Find("web").All;
        List<string> made = [];
        byte[] Render(int i) => all[i].Render(Json, one =>
        {
            made.Add(one.Id);
            return new byte[size];
        });
        for (int i = 0; i < 32; i++)
        {
            Render(i);
        }

        Assert.Equal(1024 * 1024, _parts.Budget.Bytes);
        Render(0);
        made.Clear();
        Render(32);
        Render(0);
        Render(33);
        Render(1);
        Render(2);
        Assert.Equal(["web32", "web33", "web01", "web02"], made);
        Assert.Equal(1024 * 1024, _parts.Budget.Bytes);
    }

    [Fact]
    public void Render_TooLargeToKeep_IsMadeForEveryReaderAndCostsNothing()
    {
        ServiceView view = _parts.Views.Find("web");
        byte[] one = view.Render(Json, static _ => new byte[1024 * 1024 / 4]);
        Assert.NotSame(one, view.Render(Json, static _ => new byte[1024 * 1024 / 4]));
        Assert.Equal(0, _parts.Budget.Bytes);
    }

    [Fact]
    public void Budget_AfterViewsDied_IsFreeAgainAndTheQueueStaysShort()
    {
        for (int i = 0; i < 5000; i++)
        {
            RenderOnce(i);
            if (i % 100 == 0)
            {
                Collect();
            }
        }

        _parts.Apply(Make.Register("n1", "web00", "web", port: 7777));
        _parts.Views.Find("web").Render(Names, static _ => "");
        Collect();
        Assert.Equal(RenderingBudget.CellBytes, _parts.Budget.Bytes);
        Assert.InRange(_parts.Budget.QueueLength, 1, 1024);
    }

    [Fact]
    public async Task Render_ManyReadersAtOnce_AreServedByOneMaking()
    {
        int made = 0;
        ServiceView view = _parts.Views.Find("web");
        using var all = new Barrier(8);
        byte[][] results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                all.SignalAndWait();
                return view.Render(Json, one =>
                {
                    Thread.SpinWait(1_000_000);
                    return new byte[Interlocked.Increment(ref made)];
                });
            },
            TaskCreationOptions.LongRunning)));
        Assert.All(results, result => Assert.Same(results[0], result));
        Assert.Equal(1, made);
    }

    [Fact]
    public void Render_GivesNull_Throws() =>
        Assert.Throws<InvalidOperationException>(() => _parts.Views.Find("web").Render<string>(Names, static _ => null!));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RenderOnce(int i)
    {
        _parts.Apply(Make.Register("n1", "web00", "web", port: 1 + i));
        _parts.Views.Find("web").Render(Json, static _ => new byte[50]);
        _parts.Views.Find("web").All[0].Render(Json, static _ => new byte[50]);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
