using Discovery.Support;

namespace Discovery.Answering;

public sealed class AllocationTests
{
    [Theory]
    [InlineData("web.service.consul", "A", null)]
    [InlineData("web.service.consul", "A", 1232)]
    [InlineData("PRIMARY.web.service.CONSUL", "A", null)]
    [InlineData("ds.service.consul", "AAAA", null)]
    [InlineData("web.service.consul", "AAAA", null)]
    [InlineData("web.service.consul", "SRV", null)]
    [InlineData("_web._tcp.service.consul", "SRV", 8192)]
    [InlineData("many.service.consul", "SRV", 4096)]
    [InlineData("many.service.consul", "A", null)]
    [InlineData("n1.node.consul", "A", null)]
    [InlineData("n6.node.dc1.consul", "AAAA", null)]
    [InlineData("nope.node.consul", "A", null)]
    [InlineData("nope.service.consul", "A", 1232)]
    [InlineData("nope.web.service.consul", "SRV", null)]
    [InlineData("0a000001.addr.consul", "A", null)]
    [InlineData("example.com", "A", null)]
    public void Answer_Warm_AllocatesNothing(string name, string type, int? size)
    {
        using TestCatalog catalog = TestCatalog.F();
        TestResponder responder = catalog.Responder();
        byte[] packet = QueryBuilder.Make(name, type, size);
        Run(responder, packet);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(responder, packet);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Run(TestResponder responder, byte[] packet)
    {
        for (int i = 0; i < 1000; i++)
        {
            _ = responder.Answer(packet);
        }
    }
}
