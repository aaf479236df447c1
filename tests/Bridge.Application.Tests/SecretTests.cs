using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Bridge.Application.Options;
using Microsoft.Extensions.Configuration;

namespace Bridge.Application.Tests;

/// <summary>A secret shows itself only to who asks for it by name.</summary>
public sealed class SecretTests
{
    private const string Text = "sk-very-secret";

    private static readonly Secret Secret = new(Text);

    [Test]
    public void Whoever_needs_it_has_it() => Assert.That((Secret.Reveal(), Secret.IsEmpty, new Secret("").IsEmpty), Is.EqualTo((Text, false, true)));

    [Test]
    public void Printed_in_any_way_it_is_stars()
    {
        string[] printed =
        [
            Secret.ToString(), $"{Secret}", $"{Secret,20}".Trim(), string.Concat("", Secret), string.Format(null, "{0}", Secret), Convert.ToString((object)Secret)!,
            TypeDescriptor.GetConverter(typeof(Secret)).ConvertToString(Secret)!, new { Secret }.ToString()!.Replace("{ Secret = ", "").Replace(" }", ""),
        ];

        Assert.That(printed, Has.All.EqualTo("***"));
    }

    [Test]
    public void As_JSON_alone_or_in_settings_it_is_stars()
    {
        Assert.That(JsonSerializer.Serialize(Secret), Is.EqualTo("\"***\""));
        Assert.That(JsonSerializer.Serialize(new TwilioOptions { AuthToken = Secret }), Does.Not.Contain(Text).And.Contain("***"));
        Assert.That(JsonSerializer.Serialize(new AdmissionOptionsHolder(Secret)), Does.Not.Contain(Text));
    }

    [Test]
    public void A_debugger_and_a_serializer_of_properties_see_nothing()
    {
        Assert.That(typeof(Secret).GetCustomAttribute<DebuggerDisplayAttribute>()!.Value, Is.EqualTo("***"));
        Assert.That(typeof(Secret).GetFields(BindingFlags.NonPublic | BindingFlags.Instance), Has.All.Matches<FieldInfo>(f =>
            f!.GetCustomAttribute<DebuggerBrowsableAttribute>()?.State == DebuggerBrowsableState.Never));
        Assert.That(typeof(Secret).GetProperties().Select(p => p.GetValue(Secret)), Has.None.EqualTo(Text));
        Assert.That(typeof(Secret).GetFields(BindingFlags.Public | BindingFlags.Instance), Is.Empty);
    }

    [Test]
    public void Configuration_binds_it_from_text()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("AuthToken", Text)]).Build().Get<TwilioOptions>()!;

        Assert.That((settings.AuthToken!.Reveal(), new ConfigurationBuilder().Build().Get<TwilioOptions>()?.AuthToken), Is.EqualTo((Text, (Secret?)null)));
    }

    [TestCase("a", "a")]
    [TestCase(" a , b ,, c,", "a b c")]
    [TestCase("", "")]
    [TestCase(" , ", "")]
    public void A_list_of_secrets_is_split_at_its_commas(string text, string parts)
    {
        Assert.That(string.Join(' ', new Secret(text).Split().Select(s => s.Reveal())), Is.EqualTo(parts));
        Assert.That(string.Concat(new Secret(text).Split()), Does.Not.Match("[a-z]"));
    }

    private sealed record AdmissionOptionsHolder(Secret Key);
}
