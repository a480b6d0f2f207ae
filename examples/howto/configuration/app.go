package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
)

// App has a method for each child.
type App struct {
	file string // of the configuration
}

// Config is what the file says.
type Config struct {
	Listen   string `json:"listen"`
	Upstream string `json:"upstream"`
	upstream *url.URL
}

// load reads a configuration, and finds what is wrong with it before anything uses it.
func load(file string) (*Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	config := new(Config)
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(config); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if config.upstream, err = url.Parse(config.Upstream); err != nil || config.upstream.Host == "" {
		return nil, fmt.Errorf("%s: upstream %q is not the URL of a server", file, config.Upstream)
	}
	return config, nil
}

func (a *App) Config(ctx context.Context, run GatewayConfigRun) (*Config, error) {
	config, err := load(a.file)
	return config, runtime.FatalConfig(err)
}

func (a *App) Upstream(ctx context.Context, run GatewayUpstreamRun, config *Config) error {
	return kit.Ping(ctx, run, run.Ready, func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodHead, config.Upstream, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		return response.Body.Close()
	})
}

func (a *App) HTTP(ctx context.Context, run GatewayHTTPRun, config *Config) error {
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(config.upstream) }}
	return kit.HTTP(ctx, run, &http.Server{Addr: config.Listen, Handler: proxy})
}
