using Discovery.Coordinates;

namespace Discovery.Catalog;

public sealed class CatalogCodecTests
{
    private static readonly CatalogNode Node = new()
    {
        Name = "n1",
        Id = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        Address = "10.0.0.1",
        Datacenter = "dc1",
        TaggedAddresses = StringMap.From([new("wan", "1.2.3.4"), new("lan", "10.0.0.1")]),
        Meta = StringMap.From([new("rack", "a")]),
        Owner = "n1",
        CreateIndex = 7,
        ModifyIndex = 300,
    };

    private static readonly CatalogService Service = new()
    {
        Node = "n1",
        Id = "web1",
        Name = "web",
        Tags = ["v1", "blue"],
        Address = "10.0.0.2",
        Port = 8080,
        Meta = StringMap.From([new("z", "1"), new("a", "2")]),
        TaggedAddresses = [new("lan", new ServiceAddress("10.0.0.2", 80))],
        Weights = new ServiceWeights(9, 1),
        EnableTagOverride = true,
        IsDraining = true,
        Owner = "n1",
        CreateIndex = 7,
        ModifyIndex = 8,
    };

    private static readonly CatalogCheck Check = new()
    {
        Node = "n1",
        CheckId = "c1",
        Name = "alive",
        Status = CheckStatus.Warning,
        Notes = "notes",
        Output = "out",
        ServiceId = "web1",
        ServiceName = "web",
        Type = "http",
        Owner = "n1",
        CreateIndex = 7,
        ModifyIndex = 8,
    };

    private static readonly CatalogCheckDefinition Definition = new()
    {
        Http = "http://x",
        Tcp = "y:1",
        Method = "PUT",
        Body = "b",
        TlsSkipVerify = true,
        Interval = TimeSpan.FromSeconds(10),
        Timeout = TimeSpan.FromSeconds(1),
        DeregisterCriticalServiceAfter = TimeSpan.FromMinutes(90),
        Header = [new("A", ["1", "2"]), new("B", [])],
    };

    private static readonly NodeCoordinate Coordinate =
        new("n1", "alpha", new Coordinate([1, -2, 0.5, 0, 0, 0, 0, 8], 1.5, -0.25, 0.00001));

    private static readonly CatalogDeparture Departure = new(
        "web", "n1", "web1", DepartureReason.AgentStopped, 9, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    private static readonly RegisterCommand Command = new()
    {
        Node = Node, Service = Service, Checks = [Check], SkipNodeUpdate = true, EnforceOwnership = true, Owner = "n1",
    };

    [Fact]
    public void Write_EachRowAndCommand_GivesThePinnedBytes() => CatalogTestData.Check("golden.txt", static line => [Hex(line switch
    {
        "node" => EncodedCatalog.Encode(CatalogNodeCodec.Instance, Node),
        "service" => EncodedCatalog.Encode(CatalogServiceCodec.Instance, Service),
        "check" => EncodedCatalog.Encode(CatalogCheckCodec.Instance, Check),
        "check-defined" => EncodedCatalog.Encode(CatalogCheckCodec.Instance, Check with { Definition = Definition }),
        "coordinate" => EncodedCatalog.Encode(NodeCoordinateCodec.Instance, Coordinate),
        "coordinates-update" => EncodedCatalog.Encode<IReadOnlyList<NodeCoordinate>>(
            UpdateCoordinatesCommandCodec.Instance, [Coordinate, Coordinate with { Node = "n2" }]),
        "register-consul" => EncodedCatalog.Encode(
            RegisterCommandCodec.Instance, new RegisterCommand { Node = Make.Node("n1"), ByConsulRules = true }),
        "departure" => EncodedCatalog.Encode(CatalogDepartureCodec.Instance, Departure),
        "register" => EncodedCatalog.Encode(RegisterCommandCodec.Instance, Command),
        "register-node-only" => EncodedCatalog.Encode(RegisterCommandCodec.Instance, new RegisterCommand { Node = Make.Node("n1") }),
        "deregister" => EncodedCatalog.Encode(DeregisterCommandCodec.Instance, Make.Deregister("n1", "web1", "c1") with
        {
            Reason = DepartureReason.CriticalTooLong, Owner = "n1", EnforceOwnership = true,
        }),
        "result-ok" => EncodedCatalog.Encode(CatalogWriteResultCodec.Instance, CatalogWriteResult.Ok),
        "result-refused" => EncodedCatalog.Encode(CatalogWriteResultCodec.Instance, new(CatalogWriteStatus.OwnedByOther, "n2")),
        _ => throw new FormatException(line),
    })]);

    [Fact]
    public void TryRead_WhatWriteGave_IsTheSame()
    {
        byte[] again = Again(RegisterCommandCodec.Instance, Command, out RegisterCommand read);
        Assert.Equal(EncodedCatalog.Encode(RegisterCommandCodec.Instance, Command), again);
        Assert.True(CatalogRows.AreSame(Node, read.Node));
        Assert.True(CatalogRows.AreSame(Service, read.Service!));
        Assert.True(CatalogRows.AreSame(Check, read.Checks[0]));
        Assert.Equal((Node.CreateIndex, Node.ModifyIndex), (read.Node.CreateIndex, read.Node.ModifyIndex));
        Assert.Equal((true, true, "n1"), (read.SkipNodeUpdate, read.EnforceOwnership, read.Owner));
        Again(CatalogCheckCodec.Instance, Check with { Definition = Definition }, out CatalogCheck defined);
        Assert.Equal(Definition, defined.Definition);
        Assert.False(CatalogRows.AreSame(Check, defined));
        Again(NodeCoordinateCodec.Instance, Coordinate, out NodeCoordinate coordinate);
        Assert.Equal(Coordinate, coordinate);
        Again(CatalogDepartureCodec.Instance, Departure, out CatalogDeparture departure);
        Assert.Equal(Departure, departure);
    }

    [Fact]
    public void TryRead_RandomHistory_RoundTripsToEqualBytes()
    {
        foreach (object command in new CatalogHistory(3).Take(5000))
        {
            if (command is RegisterCommand register)
            {
                byte[] again = Again(RegisterCommandCodec.Instance, register, out _);
                Assert.Equal(EncodedCatalog.Encode(RegisterCommandCodec.Instance, register), again);
            }
            else if (command is DeregisterCommand deregister)
            {
                Again(DeregisterCommandCodec.Instance, deregister, out DeregisterCommand read);
                Assert.Equal(deregister, read);
            }
        }
    }

    [Fact]
    public void Write_MetaInAnotherOrder_GivesTheSameBytes()
    {
        var shuffled = new Dictionary<string, string> { ["a"] = "2", ["z"] = "1" };
        Assert.Equal(
            EncodedCatalog.Encode(CatalogServiceCodec.Instance, Service),
            EncodedCatalog.Encode(CatalogServiceCodec.Instance, Service with { Meta = shuffled }));
    }

    [Fact]
    public void TryRead_LongerArray_SkipsWhatItDoesNotKnow()
    {
        AssertTakesMore(CatalogNodeCodec.Instance, Node);
        AssertTakesMore(CatalogServiceCodec.Instance, Service);
        AssertTakesMore(CatalogCheckCodec.Instance, Check);
        AssertTakesMore(CatalogDepartureCodec.Instance, Departure);
        AssertTakesMore(RegisterCommandCodec.Instance, Command);
        AssertTakesMore(DeregisterCommandCodec.Instance, Make.Deregister("n1", "web1"));
        AssertTakesMore(CatalogWriteResultCodec.Instance, new CatalogWriteResult(CatalogWriteStatus.ServiceMissing, "x"));
    }

    [Fact]
    public void TryRead_CutOrFollowedByMore_IsFalse()
    {
        AssertRefusesPieces(CatalogNodeCodec.Instance, Node);
        AssertRefusesPieces(CatalogServiceCodec.Instance, Service);
        AssertRefusesPieces(CatalogCheckCodec.Instance, Check);
        AssertRefusesPieces(CatalogDepartureCodec.Instance, Departure);
        AssertRefusesPieces(RegisterCommandCodec.Instance, Command);
        AssertRefusesPieces(DeregisterCommandCodec.Instance, Make.Deregister("n1", "web1"));
    }

    [Fact]
    public void TryRead_MutatedBytes_NeverThrows()
    {
        byte[] valid = EncodedCatalog.Encode(RegisterCommandCodec.Instance, Command);
        var random = new Random(11);
        int readable = 0;
        for (int i = 0; i < 200_000; i++)
        {
            byte[] bytes = (byte[])valid.Clone();
            for (int change = random.Next(1, 5); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            readable += RegisterCommandCodec.Instance.TryRead(bytes.AsSpan(0, random.Next(bytes.Length + 1)), out _) ? 1 : 0;
        }

        Assert.InRange(readable, 1, 100_000);
    }

    private static string Hex(byte[] bytes) => bytes.Length == 0 ? "nothing" : Convert.ToHexStringLower(bytes);

    private static byte[] Again<T>(IStateCodec<T> codec, T value, out T read)
    {
        Assert.True(codec.TryRead(EncodedCatalog.Encode(codec, value), out T? decoded));
        read = decoded;
        return EncodedCatalog.Encode(codec, decoded);
    }

    private static void AssertTakesMore<T>(IStateCodec<T> codec, T value)
    {
        byte[] bytes = EncodedCatalog.Encode(codec, value);
        Assert.InRange(bytes[0], 0x90, 0x9E);
        byte[] longer = [(byte)(bytes[0] + 1), .. bytes[1..], 0x93, 0x01, 0xC0, 0xA1, (byte)'x'];
        Assert.True(codec.TryRead(longer, out T? read));
        Assert.Equal(bytes, EncodedCatalog.Encode(codec, read));
    }

    private static void AssertRefusesPieces<T>(IStateCodec<T> codec, T value)
    {
        byte[] bytes = EncodedCatalog.Encode(codec, value);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(codec.TryRead(bytes.AsSpan(0, length), out _));
        }

        Assert.False(codec.TryRead([.. bytes, 0xC0], out _));
        Assert.False(codec.TryRead([(byte)(bytes[0] - 1), .. bytes[1..]], out _));
    }
}
