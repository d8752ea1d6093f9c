using System.Text;
using System.Text.Json;
using Discovery.Shared.Tests;

namespace Discovery.Infrastructure;

public class GoJsonTests
{
    [Fact]
    public void Decode_BodiesGivenToConsul_FailWithItsTexts()
    {
        var differences = new List<string>();
        int rows = 0;
        foreach ((string shape, byte[] body, string error) in DecodeTable.Rows())
        {
            rows++;
            string ours = DecodeTable.Decode(shape, body) ?? "ok";
            if (ours != error)
            {
                differences.Add($"{shape} {Encoding.UTF8.GetString(body)}\n  Consul: {error}\n  ours:   {ours}");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.InRange(rows, 400, int.MaxValue);
    }

    [Fact]
    public void Decode_NamesInAnyCase_AreTheSameNames()
    {
        ServiceBody body = Service("""{"NAME":"web","id":"w","pOrT":80,"TAGS":["a"],"CHECK":{"ttl":"15.0s","checkid":"c"}}""");
        Assert.Equal(("web", "w", 80L, "a"), (body.Name, body.Id, body.Port, body.Tags!.Single()));
        Assert.Equal((TimeSpan.FromSeconds(15), "c"), (body.Check!.Ttl, body.Check.CheckId));
    }

    [Fact]
    public void Decode_LettersThatFoldBeyondAscii_AreTheSameNames()
    {
        ServiceBody body = Service("{\"Name\":\"web\",\"Tag\u017F\":[\"a\"],\"To\\u212aen\":\"t\"}");
        Assert.Equal(("a", "t"), (body.Tags!.Single(), body.Token));
    }

    [Theory]
    [InlineData("\"0.001s\"", 10_000)]
    [InlineData("\"15.0s\"", 150_000_000)]
    [InlineData("\"9.87s\"", 98_700_000)]
    [InlineData("\"60000ms\"", 600_000_000)]
    [InlineData("\"1m30s\"", 900_000_000)]
    [InlineData("\"1.5h\"", 54_000_000_000)]
    [InlineData("\"-1s\"", -10_000_000)]
    [InlineData("30000000000", 300_000_000)]
    [InlineData("1.5e9", 15_000_000)]
    [InlineData("1", 1)]
    [InlineData("0.9", 0)]
    [InlineData("1e30", -92233720368547758)]
    public void Decode_Durations_AreGoTextsOrNanoseconds(string json, long ticks)
    {
        Assert.Equal(ticks, Service("{\"Check\":{\"TTL\":" + json + "}}").Check!.Ttl!.Value.Ticks);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[1,{}]")]
    public void Decode_DurationThatIsNeither_CountsAsNotGiven(string json)
    {
        Assert.Null(Service("{\"Check\":{\"TTL\":" + json + "}}").Check!.Ttl);
    }

    [Fact]
    public void Decode_SnakeCaseNames_AreTakenWhereTheOthersAreAbsent()
    {
        ServiceBody body = Service("""
            {"enable_tag_override":true,"tagged_addresses":{"lan":{"address":"10.0.0.1","port":5}},
             "Check":{"script_args":["a"],"deregister_critical_service_after":"1m","docker_container_id":"d","tls_skip_verify":true}}
            """);
        Assert.True(body.EnableTagOverride);
        Assert.Equal(("10.0.0.1", 5L), (body.TaggedAddresses!["lan"].Address, body.TaggedAddresses["lan"].Port));
        Assert.Equal((TimeSpan.FromMinutes(1), "a", "d", true), (
            body.Check!.DeregisterCriticalServiceAfter, body.Check.Args!.Single(), body.Check.DockerContainerId, body.Check.TlsSkipVerify));
        body = Service("""{"Check":{"script_args":["c"],"Args":["b"],"ScriptArgs":["a"]}}""");
        Assert.Equal("a", body.Check!.Args!.Single());
    }

    [Fact]
    public void Decode_NameGivenTwice_LastWinsAndObjectsGrowTogether()
    {
        ServiceBody body = Service("""
            {"Name":"a","Name":"b","Tags":["x","y"],"Tags":["z"],"Meta":{"k":"1","l":"1"},"Meta":{"k":"2"},
             "Weights":{"Passing":5},"Weights":{"Warning":7}}
            """);
        Assert.Equal("b", body.Name);
        Assert.Equal(["z"], body.Tags!);
        Assert.Equal("k=2 l=1", string.Join(' ', body.Meta!.OrderBy(p => p.Key).Select(p => $"{p.Key}={p.Value}")));
        Assert.Equal((5L, 7L), (body.Weights!.Passing, body.Weights.Warning));
    }

    [Fact]
    public void Decode_Null_LeavesScalarsAndTakesAwayTheRest()
    {
        ServiceBody body = Service("""
            {"Name":"a","Name":null,"Port":5,"Port":null,"Tags":["x"],"Tags":null,"Meta":{"k":null},"Check":{"TTL":"1s"},"Check":null}
            """);
        Assert.Equal(("a", 5L, "", true, true), (body.Name, body.Port, body.Meta!["k"], body.Tags is null, body.Check is null));
        Assert.Equal("", Service("null").Name);
    }

    [Theory]
    [InlineData("a\\ud800b", "a\uFFFDb")]
    [InlineData("\\ud83d\\ude00", "\U0001F600")]
    [InlineData("\\ude00\\ud83d", "\uFFFD\uFFFD")]
    [InlineData("\\ud83dx\\ude00", "\uFFFDx\uFFFD")]
    [InlineData("\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9", "\"\\/\b\f\n\r\t\u00e9")]
    public void Decode_Escapes_AreReadAsGoReadsThem(string inside, string expected)
    {
        Assert.Equal(expected, Service($$"""{"Name":"{{inside}}"}""").Name);
    }

    [Fact]
    public void Decode_BytesThatAreNoUtf8_BecomeOneReplacementEach()
    {
        var body = new ServiceBody();
        byte[] json = [.. "{\"Name\":\"a"u8, 0xff, 0xe2, 0x82, .. "b\"}"u8];
        Assert.Null(GoJson.Decode(json, ServiceBody.Shape, body));
        Assert.Equal("a\uFFFD\uFFFD\uFFFDb", body.Name);
    }

    [Theory]
    [InlineData(9_999, "json: unknown field \"foo\"")]
    [InlineData(10_000, "invalid character '[' exceeded max depth")]
    [InlineData(1_000_000, "invalid character '[' exceeded max depth")]
    public void Decode_DeepNesting_IsLimited(int depth, string expected)
    {
        string json = $$"""{"foo":{{new string('[', depth)}}{{new string(']', depth)}}}""";
        Assert.Equal(expected, GoJson.Decode(Encoding.UTF8.GetBytes(json), ServiceBody.Shape, new ServiceBody()));
    }

    [Fact]
    public void Decode_WhatFollowsTheValue_IsNotRead()
    {
        Assert.Equal("a", Service("{\"Name\":\"a\"}}]garbage \0").Name);
    }

    [Theory]
    [InlineData("""{"Proxy":{},"Connect":{}}""", false)]
    [InlineData("""{"Proxy":null,"Connect":null}""", false)]
    [InlineData("""{"Proxy":{"Upstreams":[],"MeshGateway":{"Mode":""},"LocalServicePort":0}}""", false)]
    [InlineData("""{"Connect":{"Native":false,"SidecarService":null,"foo":1}}""", false)]
    [InlineData("""{"Proxy":{"Upstreams":[{}]}}""", true)]
    [InlineData("""{"Proxy":{"local_service_port":8080}}""", true)]
    [InlineData("""{"Connect":{"Native":true}}""", true)]
    [InlineData("""{"Connect":{"sidecar_service":{}}}""", true)]
    public void Decode_MeshSettings_TellWhetherTheyHoldAnything(string json, bool expected)
    {
        ServiceBody body = Service(json);
        Assert.Equal(expected, body.Proxy is { HasContent: true } || body.Connect is { HasContent: true });
    }

    // Whatever arrives: no exception, no runaway, and a verdict on the syntax that System.Text.Json shares.
    [Fact]
    public void Decode_DamagedBodies_NeverThrowsAndAgreesOnSyntax()
    {
        (string Shape, byte[] Body, string Error)[] corpus = [.. DecodeTable.Rows()];
        var random = new Random(31);
        int accepted = 0;
        int strict = 0;
        for (int i = 0; i < 60_000; i++)
        {
            (string shape, byte[] seed, _) = corpus[i % corpus.Length];
            byte[] body = Mutation.Apply(random, seed, corpus[random.Next(corpus.Length)].Body);
            string? error = DecodeTable.Decode(shape, body);
            accepted += error is null ? 1 : 0;
            string? syntax = GoJsonSyntax.Measure(body, out ReadOnlySpan<byte> value);
            Assert.Equal(syntax is null, ReadByPlatform(body, out int length));
            Assert.Equal(syntax is null ? length : 0, value.Length);
            strict += syntax is null ? 1 : 0;
            Assert.True(syntax is null || syntax == error);
        }

        Assert.InRange(accepted, 1_000, 59_000);
        Assert.InRange(strict, 10_000, 59_000);
    }

    private static bool ReadByPlatform(byte[] body, out int length)
    {
        length = 0;
        int start = body.AsSpan().IndexOfAnyExcept(" \t\r\n"u8);
        if (start < 0)
        {
            return false;
        }

        // Not the final block, so that garbage behind the value is not looked at; a number or literal needs an end to be one.
        var reader = new Utf8JsonReader([.. body.AsSpan(start), (byte)' '], isFinalBlock: false, default);
        try
        {
            bool isWhole = reader.Read() && reader.TrySkip();
            length = isWhole ? (int)reader.BytesConsumed : 0;
            return isWhole;
        }
        catch (JsonException)
        {
            // A scalar ends where its grammar ends, in Go.
            return GoJsonSyntax.Measure(body, out ReadOnlySpan<byte> value) is null && (length = value.Length) > 0
                && value[0] is not ((byte)'{' or (byte)'[');
        }
    }

    private static ServiceBody Service(string json)
    {
        var body = new ServiceBody();
        Assert.Null(GoJson.Decode(Encoding.UTF8.GetBytes(json), ServiceBody.Shape, body));
        return body;
    }
}
