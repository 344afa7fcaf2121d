"""What somebody does in front of a browser."""

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.admin.conftest import url_of

IS_ANOTHER_PAGE = "return !window.isPageBefore && document.readyState === 'complete'"


class Walker:
    """Walks through the admin, and takes a picture of each page."""

    def __init__(self, driver, address, screenshots):
        self.driver = driver
        self.address = address
        self.screenshots = screenshots

    @property
    def text(self):
        """All that can be read on the page; nothing while it gives way to another."""
        return self.driver.execute_script("return document.body?.innerText ?? ''").strip()

    @property
    def messages(self):
        return self.all_texts(".messagelist li")

    @property
    def errors(self):
        return self.all_texts(".errorlist li, .errornote")

    def all_texts(self, selector):
        return " ".join(each.text for each in self.driver.find_elements(By.CSS_SELECTOR, selector))

    def console_errors(self):
        """Return the errors in the browser's console."""
        log = [line for line in self.driver.get_log("browser") if line["level"] == "SEVERE"]
        # The browser asks every site for this picture, and the tests' has none.
        return [line for line in log if "/favicon.ico" not in line["message"]]

    def log_in(self, name, password):
        self.go("/admin/")
        self.enter("username", name)
        self.enter("password", password)
        self.press("[type=submit]")

    def go(self, path):
        self.driver.get(self.address + path)

    def open(self, kind, view="changelist", *keys):
        self.go(url_of(kind, view, *keys))

    def picture(self, name):
        """Save what the whole page looks like."""
        height = self.driver.execute_script("return document.documentElement.scrollHeight")
        width = self.driver.get_window_size()["width"]
        self.driver.set_window_size(width, max(600, min(height + 160, 4000)))
        self.driver.save_screenshot(str(self.screenshots / f"{name}.png"))
        self.driver.set_window_size(width, 1000)

    def picture_of_content(self, name):
        """Save what the page looks like, without the empty space below it."""
        self.find("body").screenshot(str(self.screenshots / f"{name}.png"))

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def enter(self, name, value):
        entry = self.find(f"[name='{name}']")
        entry.clear()
        entry.send_keys(value)

    def press(self, selector):
        """Press what leads to another page, and wait until that is there."""
        self.driver.execute_script("window.isPageBefore = true")
        element = self.find(selector)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()
        # The browser refuses a question that meets the change of pages: ask again.
        wait = WebDriverWait(self.driver, 20, ignored_exceptions=[WebDriverException])
        wait.until(lambda driver: driver.execute_script(IS_ANOTHER_PAGE))

    def act(self, action, *keys):
        """Choose rows of the list, and run an action on them."""
        for key in keys:
            self.find(f".action-select[value='{key}']").click()
        Select(self.find("select[name=action]")).select_by_visible_text(action)
        self.press("button[name=index]")

    def is_wider_than_the_window(self):
        """Tell whether the page has to be scrolled sideways."""
        return self.driver.execute_script(
            "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )

    def is_scrolled(self, selector):
        """Tell whether a part of the page has to be scrolled sideways."""
        return self.driver.execute_script(
            "const part = document.querySelector(arguments[0]);"
            "return part !== null && part.scrollWidth > part.clientWidth",
            selector,
        )

    def resize(self, width, height=1000):
        """Make the page this wide: a window of its own cannot be as narrow as a phone."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )

    def prefer_color_scheme(self, scheme):
        """Tell pages that the system is light or dark."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    def use_theme(self, theme):
        """Choose the admin's light or dark theme; None is that of the system."""
        self.go("/admin/")
        value = "'auto'" if theme is None else f"'{theme}'"
        self.driver.execute_script(f"localStorage.setItem('theme', {value})")
